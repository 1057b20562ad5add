package io.postrider.mime;

import java.util.Arrays;
import java.util.Optional;

/** The ends of lines in a message that did not come over SMTP: only CRLF ends a line (RFC 5322 §2.3). */
public final class Newlines {

    private Newlines() {}

    /**
     * The message with every line ended by CRLF, the last one too; a bare CR or LF counts as the end of a line. Empty
     * when it is so already.
     */
    public static Optional<byte[]> mended(byte[] bytes, int length) {
        int more = missing(bytes, length);
        if (more == 0) {
            return Optional.empty();
        }
        byte[] result = new byte[length + more];
        int to = 0;
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (b == '\n') {
                if (i == 0 || bytes[i - 1] != '\r') {
                    result[to++] = '\r';
                    result[to++] = '\n';
                }
            } else if (b == '\r') {
                result[to++] = '\r';
                result[to++] = '\n';
            } else {
                result[to++] = b;
            }
        }
        if (to > 0 && result[to - 1] != '\n') {
            result[to++] = '\r';
            result[to++] = '\n';
        }
        return Optional.of(to == result.length ? result : Arrays.copyOf(result, to));
    }

    /** Bytes to add. */
    private static int missing(byte[] bytes, int length) {
        int missing = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) {
                missing++;
            } else if (bytes[i] == '\r' && (i + 1 == length || bytes[i + 1] != '\n')) {
                missing++;
            }
        }
        boolean ended = length == 0 || bytes[length - 1] == '\n' || bytes[length - 1] == '\r';
        return ended ? missing : missing + 2;
    }

    /** Behind the empty line that ends the header; the end of the message when there is none. */
    public static int endOfHeader(byte[] bytes, int length) {
        for (int i = 0; i + 3 < length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return length;
    }

    public static boolean isAscii(byte[] bytes, int from, int to) {
        byte all = 0;
        for (int i = from; i < to; i++) {
            all |= bytes[i];
        }
        return all >= 0;
    }
}
