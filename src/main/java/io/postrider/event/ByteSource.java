package io.postrider.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link ByteSink} wrote. Whatever does not fit throws {@link UnreadableException}. Not safe for threads. */
public final class ByteSource {

    private final byte[] bytes;
    private int position;

    public ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes are not what the journal may hold: recovery must stop, for skipping them would lose mail. */
    public static final class UnreadableException extends IllegalArgumentException {
        public UnreadableException(String message) {
            super(message);
        }

        public UnreadableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    public boolean hasMore() {
        return position < bytes.length;
    }

    public long readVar() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7F) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw new UnreadableException("expected a number, but more than ten bytes belong to it at " + position);
    }

    public long readSigned() {
        long value = readVar();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A number from 0 to the largest int. */
    public int readInt() {
        long value = readVar();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new UnreadableException("expected an int from 0, but got " + value + " at " + position);
        }
        return (int) value;
    }

    /** How many things follow, each of at least one byte: a damaged count must not reserve all memory. */
    public int readCount() {
        int count = readInt();
        if (count > bytes.length - position) {
            throw new UnreadableException("expected " + count + " more parts, but only " + (bytes.length - position)
                    + " bytes are left at " + position);
        }
        return count;
    }

    public long readLong() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[position++] & 0xFF);
        }
        return value;
    }

    public int readByte() {
        need(1);
        return bytes[position++] & 0xFF;
    }

    public String readText() {
        int length = readInt();
        need(length);
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    /** What {@link ByteSink#writeBytes} wrote. */
    public byte[] readBytes() {
        int length = readInt();
        need(length);
        byte[] part = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return part;
    }

    private void need(int more) {
        if (more > bytes.length - position) {
            throw new UnreadableException(
                    "expected " + more + " more bytes at " + position + ", but the end is at " + bytes.length);
        }
    }
}
