package io.postrider.smtp.sasl;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** SHA-256, and HMAC on it (RFC 2104). */
public final class Sha256 {

    private static final int BLOCK = 64;

    private Sha256() {}

    public static byte[] hash(byte[] bytes) {
        return digest().digest(bytes);
    }

    public static byte[] hmac(byte[] key, byte[] message) {
        byte[] block = Arrays.copyOf(key.length > BLOCK ? hash(key) : key, BLOCK);
        byte[] inner = block.clone();
        for (int i = 0; i < BLOCK; i++) {
            inner[i] ^= 0x36;
            block[i] ^= 0x5c;
        }
        MessageDigest digest = digest();
        digest.update(inner);
        byte[] first = digest.digest(message);
        digest.update(block);
        return digest.digest(first);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException("every JDK has SHA-256", never);
        }
    }
}
