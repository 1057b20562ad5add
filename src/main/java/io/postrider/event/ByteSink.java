package io.postrider.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes with the few forms that events and snapshots are made of. Not safe for threads. */
public final class ByteSink {

    private byte[] bytes;
    private int size;

    public ByteSink(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    /** Seven bits a byte, low ones first, the high bit says that more follow. Negative numbers take ten bytes. */
    public void writeVar(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** As {@link #writeVar}, small for small negative numbers too. */
    public void writeSigned(long value) {
        writeVar((value << 1) ^ (value >> 63));
    }

    /** Eight bytes, high ones first. */
    public void writeLong(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    public void writeByte(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    /** Length in bytes, then UTF-8. */
    public void writeText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeVar(utf8.length);
        room(utf8.length);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
    }

    /** Length, then the bytes. */
    public void writeBytes(byte[] more) {
        writeVar(more.length);
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length + (bytes.length >> 1)));
        }
    }
}
