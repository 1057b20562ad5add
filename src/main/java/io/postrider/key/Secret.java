package io.postrider.key;

import io.postrider.spool.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What an application shows to be let in: {@code prk_} and 256 random bits in base64url, which nobody can guess, so one
 * plain SHA-256 of it is safe to keep. It is shown once and stored nowhere.
 */
final class Secret {

    /** Lets people and scanners of leaked secrets see what it is. */
    static final String PREFIX = "prk_";

    private static final int BYTES = 32;

    private Secret() {}

    static String next(SecureRandom random) {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** As it is kept: of any text, so that what is no key takes the same time. */
    static Fingerprint hash(String presented) {
        MessageDigest digest = Fingerprint.digest();
        digest.update(presented.getBytes(StandardCharsets.UTF_8));
        return Fingerprint.of(digest);
    }
}
