package io.postrider;

import com.typesafe.config.Config;
import io.postrider.ingress.Door;
import io.postrider.metrics.Meters;
import io.postrider.user.LoginSettings;
import io.postrider.user.Logins;
import io.postrider.user.UserFile;
import io.postrider.user.Users;
import io.postrider.user.WatchedUsers;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/** Who may log in over SMTP at a node. */
final class NodeLogins {

    private NodeLogins() {}

    /** Empty when there is no file of users. @throws IllegalArgumentException when it is of no use */
    static Optional<Door> open(ActorSystem<?> system, Config postrider, Meters meters) {
        LoginSettings settings = LoginSettings.from(postrider);
        if (settings.usersFile().isEmpty()) {
            return Optional.empty();
        }
        UserFile file = new UserFile(settings.usersFile().get(), settings.maxHashMemoryKib());
        WatchedUsers users = WatchedUsers.open(file, settings.lookEvery());
        Logins logins = new Logins(settings, users, System::nanoTime, new SecureRandom());
        system.getWhenTerminated().whenComplete((done, failure) -> {
            users.close();
            logins.close();
        });
        return Optional.of(new Door(settings, logins, meters, System::nanoTime));
    }

    /** Whether the file can be read, for {@code check}. @throws IllegalArgumentException that names file and line */
    static Users check(Config postrider) {
        LoginSettings settings = LoginSettings.from(postrider);
        if (settings.usersFile().isEmpty()) {
            return Users.NOBODY;
        }
        try {
            return new UserFile(settings.usersFile().get(), settings.maxHashMemoryKib()).read();
        } catch (IOException wrong) {
            throw new IllegalArgumentException("postrider.smtp.users-file: " + wrong.getMessage(), wrong);
        }
    }
}
