package io.postrider.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A SHA-256 as a value: 256 bits that stand for more bytes than one wants to keep or compare. */
public record Fingerprint(long first, long second, long third, long fourth) {

    public static final int BYTES = 32;

    /** A digest to feed, for {@link #of(MessageDigest)}. Not safe for several threads. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException every) {
            throw new IllegalStateException("every Java has SHA-256", every);
        }
    }

    /** What the digest was fed; it is empty afterwards. */
    public static Fingerprint of(MessageDigest sha256) {
        return read(ByteBuffer.wrap(sha256.digest()));
    }

    /**
     * Of several texts. Their lengths count as well, so that no two lists are alike because one text goes on where the
     * other begins.
     */
    public static Fingerprint of(String... texts) {
        MessageDigest digest = digest();
        for (String text : texts) {
            add(digest, text);
        }
        return of(digest);
    }

    /** Feeds a text with its length in front. */
    public static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    static Fingerprint read(ByteBuffer from) {
        return new Fingerprint(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }
}
