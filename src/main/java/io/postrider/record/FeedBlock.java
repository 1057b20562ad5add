package io.postrider.record;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/**
 * Lines that stand together in the feed as one row.
 *
 * <pre>
 * key    number of the first line (8), when it was recorded in milliseconds (8), bytes of all lines before it (8)
 * value  how many lines (4), the lines, each with its line end
 * </pre>
 *
 * All three parts of the key rise together: so lines are found by number, and what is too old or too much by the other
 * two, without reading values.
 *
 * @param lines how many
 * @param bytes as in the delivery log
 */
record FeedBlock(int lines, byte[] bytes) {

    /** Where the next block starts. */
    record Place(long number, long atMillis, long bytesBefore) {

        static final Place START = new Place(1, 0, 0);

        /** @param now a clock that went back is not followed */
        Place at(Instant now) {
            return new Place(number, Math.max(atMillis, now.toEpochMilli()), bytesBefore);
        }

        Place behind(FeedBlock block) {
            return new Place(number + block.lines, atMillis, bytesBefore + block.bytes.length);
        }

        byte[] key() {
            return ByteBuffer.allocate(3 * Long.BYTES)
                    .putLong(number)
                    .putLong(atMillis)
                    .putLong(bytesBefore)
                    .array();
        }

        static Place of(byte[] key) {
            ByteBuffer in = ByteBuffer.wrap(key);
            return new Place(in.getLong(), in.getLong(), in.getLong());
        }
    }

    /** At or below the keys of all blocks that start with this line, above all that start earlier. */
    static byte[] firstKey(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    byte[] value() {
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(lines)
                .put(bytes)
                .array();
    }

    static FeedBlock of(byte[] value) {
        return new FeedBlock(ByteBuffer.wrap(value).getInt(), Arrays.copyOfRange(value, Integer.BYTES, value.length));
    }
}
