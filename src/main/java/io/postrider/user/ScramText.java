package io.postrider.user;

import io.postrider.smtp.sasl.ScramKeys;
import io.postrider.smtp.sasl.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Keys of SCRAM-SHA-256 as text, {@code SCRAM-SHA-256$4096:salt$StoredKey:ServerKey} as PostgreSQL and RFC 5803 write
 * them.
 */
final class ScramText {

    /** RFC 7677 §4 asks for 4096 at least; each client pays them at each log-in. */
    static final int ITERATIONS = 8192;

    private static final String MECHANISM = "SCRAM-SHA-256";
    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int LEAST_ITERATIONS = 4096;
    private static final int MOST_ITERATIONS = 10_000_000;

    private ScramText() {}

    /** Of a prepared password, under a new salt. */
    static ScramKeys of(String password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] salted = salted(password.getBytes(StandardCharsets.UTF_8), salt, ITERATIONS);
        byte[] clientKey = Sha256.hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII));
        return new ScramKeys(
                salt,
                ITERATIONS,
                Sha256.hash(clientKey),
                Sha256.hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII)));
    }

    /** Hi() of RFC 5802 §2.2, which is PBKDF2 for one block. */
    private static byte[] salted(byte[] password, byte[] salt, int iterations) {
        byte[] first = Arrays.copyOf(salt, salt.length + 4);
        first[first.length - 1] = 1;
        byte[] round = Sha256.hmac(password, first);
        byte[] sum = round.clone();
        for (int i = 1; i < iterations; i++) {
            round = Sha256.hmac(password, round);
            for (int j = 0; j < sum.length; j++) {
                sum[j] ^= round[j];
            }
        }
        return sum;
    }

    static Optional<ScramKeys> parse(String text) {
        String[] parts = text.split("[$:]", -1);
        try {
            if (parts.length != 5 || !parts[0].equals(MECHANISM)) {
                return Optional.empty();
            }
            int iterations = Integer.parseInt(parts[1]);
            Base64.Decoder base64 = Base64.getDecoder();
            ScramKeys keys = new ScramKeys(
                    base64.decode(parts[2]), iterations, base64.decode(parts[3]), base64.decode(parts[4]));
            boolean fits = iterations >= LEAST_ITERATIONS
                    && iterations <= MOST_ITERATIONS
                    && keys.salt().length > 0
                    && keys.storedKey().length == KEY_BYTES
                    && keys.serverKey().length == KEY_BYTES;
            return fits ? Optional.of(keys) : Optional.empty();
        } catch (IllegalArgumentException notOfThisForm) {
            return Optional.empty();
        }
    }

    static String text(ScramKeys keys) {
        Base64.Encoder base64 = Base64.getEncoder();
        return MECHANISM + "$" + keys.iterations() + ":" + base64.encodeToString(keys.salt()) + "$"
                + base64.encodeToString(keys.storedKey()) + ":" + base64.encodeToString(keys.serverKey());
    }
}
