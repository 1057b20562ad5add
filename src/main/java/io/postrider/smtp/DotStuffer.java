package io.postrider.smtp;

/**
 * Writes one body as DATA wants it (RFC 5321 §4.5.2), chunk by chunk: a dot at the start of a line is doubled, a last
 * line without its end gets one, and the final dot follows. One instance per body.
 */
public final class DotStuffer {

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] FINAL_DOT = {'.', '\r', '\n'};

    private boolean atLineStart = true;
    private boolean afterCarriageReturn;

    public void write(byte[] chunk, WireBuffer out) {
        int length = chunk.length;
        if (length == 0) {
            return;
        }
        out.reserve(length + (length >> 6) + 16);
        int copied = 0;
        if (atLineStart && chunk[0] == '.') {
            out.put((byte) '.');
        }
        for (int i = 1; i < length; i++) {
            if (chunk[i] == '.' && isLineEnd(chunk, i - 1)) {
                out.put(chunk, copied, i - copied).put((byte) '.');
                copied = i;
            }
        }
        out.put(chunk, copied, length - copied);
        atLineStart = isLineEnd(chunk, length - 1);
        afterCarriageReturn = chunk[length - 1] == '\r';
    }

    /** Only CRLF ends a line; the CR may have been the last byte of the chunk before. */
    private boolean isLineEnd(byte[] chunk, int i) {
        if (chunk[i] != '\n') {
            return false;
        }
        return i == 0 ? afterCarriageReturn : chunk[i - 1] == '\r';
    }

    /** An empty body stays empty: the CRLF of the DATA command stands before its dot. */
    public void end(WireBuffer out) {
        if (!atLineStart) {
            out.put(CRLF, 0, CRLF.length);
        }
        out.put(FINAL_DOT, 0, FINAL_DOT.length);
    }
}
