package io.postrider.tls;

import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The passwords in the files of routes, as they are now. Safe for all threads. */
final class Passwords {

    private static final Logger log = LoggerFactory.getLogger(Passwords.class);

    private final Map<Path, String> byFile = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException when a file cannot be used; the message names it */
    Passwords(Collection<Login> logins, FileWatch watch) {
        for (Login login : logins) {
            Path file = login.passwordFile();
            try {
                watch.add(
                        List.of(file),
                        () -> byFile.put(file, login.readPassword()),
                        problem -> log.error("the password stays as it was: {}", problem));
            } catch (IOException unusable) {
                throw new IllegalArgumentException("postrider.egress.routes: " + unusable.getMessage(), unusable);
            }
        }
    }

    String of(Login login) {
        String password = byFile.get(login.passwordFile());
        if (password == null) {
            throw new IllegalArgumentException("expected a login that was there at the start, but got another");
        }
        return password;
    }
}
