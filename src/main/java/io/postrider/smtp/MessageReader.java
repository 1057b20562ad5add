package io.postrider.smtp;

import java.util.Arrays;

/**
 * Takes in the bytes of one message from DATA or BDAT, and makes every line end CRLF.
 *
 * <p>Only CRLF.CRLF ends data (RFC 5321 §4.1.1.4). A dot is a stuffed dot only behind a true CRLF; behind a bare CR or
 * LF it is text, so no reading of ours can find an end where another server finds none, or the other way round.
 *
 * <p>When the message is too large or there is no memory, what was read is let go and the rest is read for its end only.
 */
final class MessageReader {

    enum Refusal {
        NONE,
        TOO_LARGE,
        NO_MEMORY
    }

    private enum Place {
        LINE_START,
        TEXT,
        CR,
        DOT,
        DOT_CR
    }

    private static final byte[] EMPTY = new byte[0];
    private static final int SLACK = 64;
    private static final int TRUSTED_SIZE = 64 * 1024;

    private final SessionHost host;
    private final long maxSize;
    private final long declaredSize;
    private byte[] bytes = EMPTY;
    private int length;
    private long granted;
    private Place place = Place.LINE_START;
    private int allBits;
    private boolean bareNewline;
    private boolean ended;
    private Refusal refusal = Refusal.NONE;

    /** @param declaredSize what SIZE announced, 0 when nothing did */
    MessageReader(SessionHost host, long maxSize, long declaredSize) {
        this.host = host;
        this.maxSize = Math.min(maxSize, Integer.MAX_VALUE - 2 * SLACK);
        this.declaredSize = declaredSize;
    }

    /** Reads dot-stuffed data; answers where it stopped: at {@code to}, or behind the end of data. */
    int readData(byte[] in, int from, int to) {
        int i = from;
        while (i < to && !ended) {
            switch (place) {
                case LINE_START -> {
                    boolean dot = in[i] == '.';
                    place = dot ? Place.DOT : Place.TEXT;
                    i += dot ? 1 : 0;
                }
                case TEXT -> i = readText(in, i, to, true);
                case CR -> i += newlineBehindCr(in[i]);
                case DOT -> {
                    boolean cr = in[i] == '\r';
                    place = cr ? Place.DOT_CR : Place.TEXT;
                    i += cr ? 1 : 0;
                }
                case DOT_CR -> {
                    if (in[i] == '\n') {
                        ended = true;
                        i++;
                    } else {
                        bareNewline();
                    }
                }
            }
        }
        return i;
    }

    /** A chunk of that many bytes is coming: refuses at once what cannot fit. */
    void expectChunk(long size) {
        if (size > maxSize - length) {
            refuse(Refusal.TOO_LARGE);
        }
    }

    /** Reads the bytes of a chunk (RFC 3030), which have no dots stuffed and no end inside. */
    void readChunk(byte[] in, int from, int to) {
        int i = from;
        while (i < to && refusal == Refusal.NONE) {
            switch (place) {
                case LINE_START, TEXT -> i = readText(in, i, to, false);
                case CR -> i += newlineBehindCr(in[i]);
                case DOT, DOT_CR -> throw new IllegalStateException("a chunk has no dots stuffed");
            }
        }
    }

    /** The last chunk was read. */
    void endChunks() {
        if (place == Place.CR) {
            bareNewline();
        }
        boolean closed = length == 0 || (length > 1 && bytes[length - 1] == '\n' && bytes[length - 2] == '\r');
        if (!closed) {
            crlf();
        }
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    boolean hasBareNewline() {
        return bareNewline;
    }

    boolean isEightBit() {
        return allBits < 0;
    }

    Refusal refusal() {
        return refusal;
    }

    /** Gives the bytes away; their memory counts as ours until {@link #release}. */
    byte[] takeBytes() {
        byte[] taken = bytes;
        bytes = EMPTY;
        return taken;
    }

    int length() {
        return length;
    }

    /** Lets the bytes go and returns the memory. Harmless to repeat. */
    void release() {
        host.giveBack(granted);
        granted = 0;
        bytes = EMPTY;
        length = 0;
    }

    /** Copies whole runs of lines at once; stops behind a newline that needs a closer look. */
    private int readText(byte[] in, int from, int to, boolean dots) {
        int i = from;
        int bits = 0;
        while (i < to) {
            byte b = in[i];
            if (b == '\r') {
                boolean plain = i + 2 < to && in[i + 1] == '\n' && !(dots && in[i + 2] == '.');
                if (!plain) {
                    break;
                }
                i += 2;
                continue;
            }
            if (b == '\n') {
                break;
            }
            bits |= b;
            i++;
        }
        allBits |= bits;
        append(in, from, i);
        if (i == to) {
            place = Place.TEXT;
            return i;
        }
        if (in[i] == '\r') {
            place = Place.CR;
        } else {
            bareNewline();
        }
        return i + 1;
    }

    /** How many bytes it took: a CR without LF is mended, and what follows it is looked at again. */
    private int newlineBehindCr(byte b) {
        if (b == '\n') {
            crlf();
            place = Place.LINE_START;
            return 1;
        }
        bareNewline();
        return 0;
    }

    private void bareNewline() {
        bareNewline = true;
        crlf();
        place = Place.TEXT;
    }

    private void crlf() {
        if (reserve(2)) {
            bytes[length++] = '\r';
            bytes[length++] = '\n';
        }
    }

    private void append(byte[] in, int from, int to) {
        if (to > from && reserve(to - from)) {
            System.arraycopy(in, from, bytes, length, to - from);
            length += to - from;
        }
    }

    private boolean reserve(int more) {
        if (refusal != Refusal.NONE) {
            return false;
        }
        long needed = (long) length + more;
        if (needed <= bytes.length) {
            return needed <= maxSize || refuse(Refusal.TOO_LARGE);
        }
        if (needed > maxSize) {
            return refuse(Refusal.TOO_LARGE);
        }
        int capacity = (int) Math.min(maxSize, Math.max(needed, wanted())) + SLACK;
        if (!host.take(capacity - bytes.length)) {
            return refuse(Refusal.NO_MEMORY);
        }
        granted = capacity;
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
    }

    /** Doubles, but believes an announced size as far as it costs little or has half come. */
    private long wanted() {
        long doubled = 2L * bytes.length;
        boolean believed = declaredSize <= TRUSTED_SIZE || declaredSize <= doubled;
        return declaredSize > length && believed ? declaredSize : doubled;
    }

    private boolean refuse(Refusal why) {
        refusal = why;
        release();
        return false;
    }
}
