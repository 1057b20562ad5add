package io.postrider;

import com.typesafe.config.Config;
import io.postrider.key.KeyFile;
import io.postrider.user.LoginSettings;
import io.postrider.user.UserFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Files of users and keys that let nobody in: a node starts with them, for they may be filled later, but whoever wrote
 * the setting should hear that the file is still to be made. For a configuration that has no errors.
 */
final class NobodyYet {

    private NobodyYet() {}

    static List<Finding> in(Config config) {
        List<Finding> findings = new ArrayList<>();
        LoginSettings logins = LoginSettings.from(config.getConfig("postrider"));
        logins.usersFile().ifPresent(path -> {
            if (hasNoUsers(path, logins.maxHashMemoryKib())) {
                findings.add(warning(
                        config,
                        "postrider.smtp.users-file",
                        path + " holds no users, so nobody can log in yet: bin/postrider user add NAME --domain DOMAIN"
                                + " --file " + path));
            }
        });
        keys(config, "postrider.http.api-keys-file", "", findings);
        keys(config, "postrider.admin.api-keys-file", " --admin", findings);
        return findings;
    }

    private static void keys(Config config, String key, String option, List<Finding> findings) {
        String name = config.getString(key);
        if (!name.isBlank() && hasNoKeys(Path.of(name))) {
            findings.add(warning(
                    config,
                    key,
                    name + " holds no keys, so none is taken yet: bin/postrider key create --name NAME"
                            + (option.isEmpty() ? " --domain DOMAIN" : option) + " --file " + name));
        }
    }

    private static boolean hasNoUsers(Path path, int maxMemoryKib) {
        try {
            return new UserFile(path, maxMemoryKib).read().all().isEmpty();
        } catch (IOException toldElsewhere) {
            return false;
        }
    }

    private static boolean hasNoKeys(Path path) {
        try {
            return new KeyFile(path).read().keys().isEmpty();
        } catch (IOException unreadable) {
            return true;
        }
    }

    private static Finding warning(Config config, String key, String message) {
        return Finding.warning(key, config.getValue(key).origin(), message);
    }
}
