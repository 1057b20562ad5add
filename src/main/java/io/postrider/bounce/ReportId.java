package io.postrider.bounce;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

/** The id of a report follows from what it is about, so that whoever makes it again makes the same. */
public final class ReportId {

    private ReportId() {}

    /**
     * A UUIDv7 whose random bits are a hash of its cause.
     *
     * @param first the position of the first recipient that it is about
     * @param at when it became due, the time in the id
     */
    public static MessageId of(MessageId about, Domain domain, int first, Instant at) {
        byte[] name = domain.name().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer cause = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + name.length);
        cause.putLong(about.high()).putLong(about.low()).putInt(first).put(name);
        ByteBuffer hash = ByteBuffer.wrap(sha256(cause.array()));
        long high = (at.toEpochMilli() << 16) | 0x7000L | (hash.getLong() & 0xFFFL);
        return new MessageId(high, (hash.getLong() >>> 2) | 0x8000_0000_0000_0000L);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException every) {
            throw new IllegalStateException("every Java has SHA-256", every);
        }
    }
}
