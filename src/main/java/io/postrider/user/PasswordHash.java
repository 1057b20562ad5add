package io.postrider.user;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id of a password (RFC 9106), as {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}.
 *
 * @param memoryKib memory that each computation takes
 * @param passes over that memory
 * @param lanes of it
 */
public record PasswordHash(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash) {

    /** What OWASP asks for at least, and a mail client's log-in bears: some 30 ms. */
    static final int MEMORY_KIB = 19_456;

    static final int PASSES = 2;
    static final int LANES = 1;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private static final Pattern FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    /** Hashes a password under a new salt. Slow by purpose. */
    static PasswordHash of(String password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return of(password, MEMORY_KIB, PASSES, LANES, salt, HASH_BYTES);
    }

    private static PasswordHash of(String password, int memoryKib, int passes, int lanes, byte[] salt, int length) {
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build();
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(parameters);
        byte[] hash = new byte[length];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return new PasswordHash(memoryKib, passes, lanes, salt, hash);
    }

    /** A hash that costs as much as this one and that no password fits. */
    PasswordHash decoy(byte[] otherSalt) {
        return new PasswordHash(memoryKib, passes, lanes, otherSalt, new byte[hash.length]);
    }

    /** Slow by purpose, the same time whatever comes of it. */
    boolean fits(String password) {
        return MessageDigest.isEqual(of(password, memoryKib, passes, lanes, salt, hash.length).hash, hash);
    }

    /** Empty when it is none, or takes less memory than Argon2 needs for its lanes. */
    static Optional<PasswordHash> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int memory = Integer.parseInt(form.group(1));
        int passes = Integer.parseInt(form.group(2));
        int lanes = Integer.parseInt(form.group(3));
        if (passes < 1 || lanes < 1 || memory < 8 * lanes) {
            return Optional.empty();
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            return Optional.of(new PasswordHash(
                    memory, passes, lanes, base64.decode(form.group(4)), base64.decode(form.group(5))));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    String text() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + memoryKib + ",t=" + passes + ",p=" + lanes + "$" + base64.encodeToString(salt)
                + "$" + base64.encodeToString(hash);
    }

    /** Shows no hash. */
    @Override
    public String toString() {
        return "PasswordHash[m=" + memoryKib + ",t=" + passes + ",p=" + lanes + "]";
    }
}
