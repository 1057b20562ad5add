package io.postrider.cli.sink;

import io.postrider.cli.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads message after message from a connection, each up to the CRLF.CRLF that alone ends it (RFC 5321 §4.1.1.4). One
 * per connection.
 */
final class ContentReader {

    /** The Message-ID is looked for in so much of a message. */
    private static final int HEAD_BYTES = 16 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] MESSAGE_ID = "message-id:".getBytes(StandardCharsets.US_ASCII);

    /**
     * A message without its final dot.
     *
     * @param messageId with its angle brackets; {@code -} when it has none
     * @param size in bytes, as on the wire
     * @param bytes the message as its sender meant it; empty unless it was to be kept
     */
    record Content(String messageId, long size, byte[] bytes) {}

    private final Wire wire;
    private final byte[] head = new byte[HEAD_BYTES];
    private int headLength;

    ContentReader(Wire wire) {
        this.wire = wire;
    }

    Content read(boolean keep) throws IOException {
        headLength = 0;
        ByteArrayOutputStream kept = new ByteArrayOutputStream(keep ? 8192 : 0);
        while (wire.to() - wire.from() < 3) {
            wire.fill();
        }
        if (startsWithFinalDot()) {
            wire.consume(3);
            return new Content("-", 0, NOTHING);
        }
        long size = 0;
        while (true) {
            int end = endOfData(wire.bytes(), wire.from(), wire.to());
            // Without an end, the last four bytes may be the first part of it.
            int count = Math.max(0, (end < 0 ? wire.to() - 4 : end) - wire.from());
            take(count, keep, kept);
            size += count;
            if (end >= 0) {
                wire.consume(3);
                return new Content(messageId(), size, keep ? withoutStuffing(kept.toByteArray()) : NOTHING);
            }
            wire.fill();
        }
    }

    private boolean startsWithFinalDot() {
        byte[] bytes = wire.bytes();
        int at = wire.from();
        return bytes[at] == '.' && bytes[at + 1] == '\r' && bytes[at + 2] == '\n';
    }

    private void take(int count, boolean keep, ByteArrayOutputStream kept) {
        int copied = Math.min(count, HEAD_BYTES - headLength);
        System.arraycopy(wire.bytes(), wire.from(), head, headLength, copied);
        headLength += copied;
        if (keep) {
            kept.write(wire.bytes(), wire.from(), count);
        }
        wire.consume(count);
    }

    /**
     * Where in CRLF.CRLF the dot stands, or -1. Looks at every fifth byte only, and closer where that could be a part of
     * the five.
     */
    private static int endOfData(byte[] bytes, int from, int to) {
        int i = from + 4;
        while (i < to) {
            switch (bytes[i]) {
                case '\n' -> {
                    if (bytes[i - 1] == '\r' && bytes[i - 2] == '.' && bytes[i - 3] == '\n' && bytes[i - 4] == '\r') {
                        return i - 2;
                    }
                    i += bytes[i - 1] == '\r' ? 3 : 5;
                }
                case '\r' -> i += 1;
                case '.' -> i += 2;
                default -> i += 5;
            }
        }
        return -1;
    }

    private String messageId() {
        int at = 0;
        while (at < headLength && head[at] != '\r') {
            int end = endOfLine(at);
            if (isMessageId(at)) {
                String value = text(at + MESSAGE_ID.length, end);
                return value.isEmpty() ? text(end, endOfLine(end)) : value;
            }
            at = end;
        }
        return "-";
    }

    /** The place behind the next LF. */
    private int endOfLine(int at) {
        int end = at;
        while (end < headLength && head[end] != '\n') {
            end++;
        }
        return Math.min(end + 1, headLength);
    }

    private boolean isMessageId(int at) {
        if (at + MESSAGE_ID.length > headLength) {
            return false;
        }
        for (int i = 0; i < MESSAGE_ID.length; i++) {
            if (Character.toLowerCase(head[at + i]) != MESSAGE_ID[i]) {
                return false;
            }
        }
        return true;
    }

    private String text(int from, int to) {
        return new String(head, from, to - from, StandardCharsets.UTF_8).strip();
    }

    /** Takes away the dot that stands before each dot at the start of a line (RFC 5321 §4.5.2). */
    private static byte[] withoutStuffing(byte[] bytes) {
        int to = 0;
        boolean lineStart = true;
        for (int i = 0; i < bytes.length; i++) {
            if (lineStart && bytes[i] == '.') {
                lineStart = false;
                continue;
            }
            lineStart = bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r';
            bytes[to++] = bytes[i];
        }
        byte[] result = new byte[to];
        System.arraycopy(bytes, 0, result, 0, to);
        return result;
    }
}
