package io.postrider.mail;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The name of a message from its acceptance to the last line about it: a UUIDv7 (RFC 9562 §5.7), so ids sort by the
 * time of acceptance.
 *
 * @param high time in milliseconds, version and a sequence that keeps ids of one node in order
 * @param low variant and random bits
 */
public record MessageId(long high, long low) implements Comparable<MessageId> {

    private static final int TEXT_LENGTH = 36;

    /** Empty when {@code text} is not a UUID in the usual form. */
    public static Optional<MessageId> parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return Optional.empty();
        }
        try {
            UUID uuid = UUID.fromString(text);
            return Optional.of(new MessageId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()));
        } catch (IllegalArgumentException notAUuid) {
            return Optional.empty();
        }
    }

    /** When the message was accepted, to the millisecond. */
    public Instant acceptedAt() {
        return Instant.ofEpochMilli(acceptedAtMillis());
    }

    public long acceptedAtMillis() {
        return high >>> 16;
    }

    /** In the order of their bytes, which is the order of acceptance on one node. */
    @Override
    public int compareTo(MessageId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public int hashCode() {
        return (int) (low ^ (low >>> 32) ^ high);
    }

    @Override
    public String toString() {
        return new UUID(high, low).toString();
    }
}
