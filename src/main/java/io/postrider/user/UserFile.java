package io.postrider.user;

import io.postrider.mail.SenderDomains;
import io.postrider.smtp.sasl.Preparation;
import io.postrider.smtp.sasl.Sha256;
import io.postrider.watch.LineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The file named by {@code postrider.smtp.users-file}: a user a line, as JSON. One line that is wrong spoils all of it, so
 * that nobody loses or keeps a right by a slip. Blocks: for the command line and for threads of their own.
 */
public final class UserFile {

    /** Bytes; some 30,000 users. */
    private static final long MOST_BYTES = 16L << 20;

    private static final int SECRET_BYTES = 32;

    /** Characters; the longest that a client can hand in is far beyond. */
    private static final int LONGEST_PASSWORD = 1024;

    private final LineFile file;
    private final int maxMemoryKib;

    /** @param maxMemoryKib what one password's hash may take at most */
    public UserFile(Path path, int maxMemoryKib) {
        this.file = new LineFile(path, MOST_BYTES);
        this.maxMemoryKib = maxMemoryKib;
    }

    public Path path() {
        return file.path();
    }

    /**
     * A file that is not there holds no users.
     *
     * @throws IOException also for a line that is wrong; the message names the file and the line
     */
    public Users read() throws IOException {
        return read(file.lines());
    }

    private Users read(List<String> lines) throws IOException {
        List<User> users = new ArrayList<>();
        Set<String> names = new HashSet<>();
        byte[] secret = {};
        int number = 0;
        for (String line : lines) {
            number++;
            switch (UserLine.read(line, maxMemoryKib)) {
                case UserLine.Valid valid -> {
                    if (!names.add(valid.user().name())) {
                        throw wrong(number, "two users are called so");
                    }
                    users.add(valid.user());
                }
                case UserLine.Head head -> secret = head.secret();
                case UserLine.Blank blank -> {}
                case UserLine.Invalid invalid -> throw wrong(number, invalid.problem());
            }
        }
        if (secret.length == 0 && !users.isEmpty()) {
            // Written by hand: of what only this file knows.
            secret = Sha256.hash(users.get(0).scram().serverKey());
        }
        return new Users(users, secret);
    }

    private IOException wrong(int line, String problem) {
        return new IOException(file.path() + ":" + line + ": " + problem);
    }

    /**
     * Adds a user, or replaces the one of the same name.
     *
     * @throws IllegalArgumentException when the name, the tenant or the password cannot be used, or the name is taken
     */
    public User add(NewUser asked, Instant at, SecureRandom random) throws IOException {
        if (!User.isName(asked.name())) {
            throw new IllegalArgumentException(
                    "expected a name of 1 to " + User.LONGEST_NAME + " printable characters");
        }
        if (!User.isTenant(asked.tenant())) {
            throw new IllegalArgumentException(
                    "expected a tenant of at most " + User.LONGEST_TENANT + " printable characters");
        }
        String password = Preparation.of(asked.password())
                .filter(text -> text.length() <= LONGEST_PASSWORD)
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a password of 1 to " + LONGEST_PASSWORD + " printable characters"));
        User user = new User(
                asked.name(),
                at.truncatedTo(ChronoUnit.SECONDS),
                PasswordHash.of(password, random),
                ScramText.of(password, random),
                asked.domains(),
                asked.tenant(),
                asked.limits());
        file.change(lines -> {
            boolean taken = read(lines).find(user.name()).isPresent();
            if (taken && !asked.replace()) {
                throw new IllegalArgumentException("there is a user of this name; --replace gives a new password");
            }
            if (lines.stream().noneMatch(line -> UserLine.read(line, maxMemoryKib) instanceof UserLine.Head)) {
                byte[] secret = new byte[SECRET_BYTES];
                random.nextBytes(secret);
                lines.add(0, UserLine.head(secret));
            }
            lines.removeIf(line -> isOf(line, user.name()));
            return lines.add(UserLine.write(user));
        });
        return user;
    }

    /** Takes the user out. @return false when there is none of this name, and nothing was changed */
    public boolean remove(String name) throws IOException {
        return file.change(lines -> {
            boolean removed = lines.removeIf(line -> isOf(line, name));
            if (removed && lines.isEmpty()) {
                // An empty file is taken for a slip.
                lines.add("# nobody may log in");
            }
            return removed;
        });
    }

    private boolean isOf(String line, String name) {
        return UserLine.read(line, maxMemoryKib) instanceof UserLine.Valid valid
                && valid.user().name().equals(name);
    }

    /** Whether this is the user's password. Slow by purpose. */
    public boolean check(String name, String password) throws IOException {
        Users users = read();
        PasswordHash hash = users.find(name).map(User::hash).orElseGet(users::decoy);
        String prepared = Preparation.of(password).orElse("");
        return hash.fits(prepared) && users.find(name).isPresent();
    }

    /**
     * A user to be made.
     *
     * @param replace whether one of the same name may go
     */
    public record NewUser(
            String name, String password, SenderDomains domains, String tenant, UserLimits limits, boolean replace) {

        /** Shows no password. */
        @Override
        public String toString() {
            return "NewUser[" + name + "]";
        }
    }
}
