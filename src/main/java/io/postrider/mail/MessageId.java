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

    /** RFC 9562 §4.1: the two bits in front of the random ones. */
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private static final long RANDOM = 0x3FFF_FFFF_FFFF_FFFFL;

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

    /**
     * The id of one of several messages that one submission becomes: the same whenever it is asked for, so that a
     * submission which is repeated after a crash finds what it had accepted. Part 0 is the submission itself; the parts
     * sort in their order, except for one submission in 2^62 divided by its parts, which wraps around.
     *
     * @param index from 0; that of all parts of parts together stays below 2^61
     */
    public MessageId part(long index) {
        return new MessageId(high, VARIANT | ((low + index) & RANDOM));
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
