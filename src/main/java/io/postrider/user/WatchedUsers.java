package io.postrider.user;

import io.postrider.watch.FileState;
import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The users as their file was when it was last good: a thread of its own looks now and then whether it was replaced. */
public final class WatchedUsers implements Supplier<Users>, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WatchedUsers.class);
    private static final String KEY = "postrider.smtp.users-file";

    private final UserFile file;
    private final FileWatch watch;
    private volatile Users users = Users.NOBODY;

    private WatchedUsers(UserFile file, Duration every) {
        this.file = file;
        this.watch = new FileWatch("users", every);
    }

    /**
     * Reads the file and watches it: blocks briefly.
     *
     * @throws IllegalArgumentException when the file is of no use; the message starts with the key
     */
    public static WatchedUsers open(UserFile file, Duration every) {
        WatchedUsers users = new WatchedUsers(file, every);
        try {
            users.watch.add(
                    List.of(file.path()),
                    users::load,
                    problem ->
                            log.error("the users stay as they were, for the changed file is of no use: {}", problem));
            return users;
        } catch (IOException e) {
            users.close();
            throw new IllegalArgumentException(KEY + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Users get() {
        return users;
    }

    @Override
    public void close() {
        watch.close();
    }

    private void load() throws IOException {
        // An editor is between two steps, or somebody slipped: after bin/postrider user remove a first line is left.
        if (!users.all().isEmpty() && !Files.exists(file.path())) {
            throw new IOException(file.path() + ": the file is gone");
        }
        if (!users.all().isEmpty() && Files.size(file.path()) == 0) {
            throw new IOException(file.path() + ": the file is empty");
        }
        users = file.read();
        if (Files.exists(file.path())) {
            log.info("{} users may log in, by {}", users.all().size(), file.path());
            if (FileState.isWorldReadable(file.path())) {
                log.warn("everybody on this machine can read {}: expected mode 600", file.path());
            }
        } else {
            log.warn("nobody may log in: there is no file {}; bin/postrider user add makes one", file.path());
        }
    }
}
