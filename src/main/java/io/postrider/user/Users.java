package io.postrider.user;

import io.postrider.smtp.sasl.ScramKeys;
import io.postrider.smtp.sasl.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The users of a file as it was at one time. Immutable. */
public final class Users {

    /** No users at all. */
    public static final Users NOBODY = new Users(List.of(), new byte[0]);

    private static final int SALT_BYTES = 16;

    private final Map<String, User> users;
    private final byte[] secret;
    private final PasswordHash likeHash;
    private final int likeIterations;

    /** @param secret of which the salts of users that do not exist are made */
    Users(List<User> all, byte[] secret) {
        this.users = new LinkedHashMap<>();
        all.forEach(user -> users.put(user.name(), user));
        this.secret = secret.clone();
        PasswordHash usual = new PasswordHash(
                PasswordHash.MEMORY_KIB, PasswordHash.PASSES, PasswordHash.LANES, new byte[SALT_BYTES], new byte[32]);
        this.likeHash = all.isEmpty() ? usual : all.get(0).hash();
        this.likeIterations =
                all.isEmpty() ? ScramText.ITERATIONS : all.get(0).scram().iterations();
    }

    public List<User> all() {
        return List.copyOf(users.values());
    }

    Optional<User> find(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /** Of a user that does not exist: as dear as another's, and never right. */
    PasswordHash decoy() {
        return likeHash.decoy(new byte[SALT_BYTES]);
    }

    /** A user's; of one that does not exist, such as no password fits, the same at all times. */
    ScramKeys keys(String name) {
        return find(name).map(User::scram).orElseGet(() -> decoyKeys(name));
    }

    private ScramKeys decoyKeys(String name) {
        return new ScramKeys(
                Arrays.copyOf(derived("salt", name), SALT_BYTES),
                likeIterations,
                derived("stored", name),
                derived("server", name));
    }

    private byte[] derived(String what, String name) {
        return Sha256.hmac(secret, (what + '\0' + name).getBytes(StandardCharsets.UTF_8));
    }
}
