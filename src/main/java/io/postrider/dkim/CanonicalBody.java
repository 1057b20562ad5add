package io.postrider.dkim;

/**
 * A body as its hash sees it (RFC 6376 §3.4.3, §3.4.4). Most of a usual body is left as it is, so it is passed on in long
 * runs and never copied.
 */
final class CanonicalBody {

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] SPACE = {' '};

    private CanonicalBody() {}

    /** Writes the body that stands from {@code from} to before {@code to}. */
    static void write(Canonicalization.Form form, byte[] bytes, int from, int to, Output out) {
        switch (form) {
            case SIMPLE -> simple(bytes, from, to, out);
            case RELAXED -> relaxed(bytes, from, to, out);
        }
    }

    /** Empty lines at the end go; an empty body is one line end. */
    private static void simple(byte[] bytes, int from, int to, Output out) {
        int end = to;
        while (end - from >= 2 && isCrlf(bytes, end - 2, end)) {
            end -= 2;
        }
        run(bytes, from, end, out);
        out.write(CRLF, 0, CRLF.length);
    }

    /** Moreover white space at the end of lines goes, and other white space becomes one blank; an empty body stays empty. */
    private static void relaxed(byte[] bytes, int from, int to, Output out) {
        int end = lastWord(bytes, from, to);
        if (end == from) {
            return;
        }
        int run = from;
        int i = from;
        while (i < end) {
            if (!isBlank(bytes[i])) {
                i++;
                continue;
            }
            int behind = behindBlanks(bytes, i, end);
            if (isCrlf(bytes, behind, end)) {
                run(bytes, run, i, out);
                run = behind;
            } else if (bytes[i] != ' ') {
                run(bytes, run, i, out);
                out.write(SPACE, 0, 1);
                run = behind;
            } else if (behind > i + 1) {
                run(bytes, run, i + 1, out);
                run = behind;
            }
            i = behind;
        }
        run(bytes, run, end, out);
        out.write(CRLF, 0, CRLF.length);
    }

    /** Behind the last byte that is neither white space nor of a line end. */
    private static int lastWord(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from) {
            if (isBlank(bytes[end - 1])) {
                end--;
            } else if (end - from >= 2 && isCrlf(bytes, end - 2, end)) {
                end -= 2;
            } else {
                return end;
            }
        }
        return from;
    }

    private static int behindBlanks(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end && isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static boolean isCrlf(byte[] bytes, int at, int end) {
        return at + 1 < end && bytes[at] == '\r' && bytes[at + 1] == '\n';
    }

    private static void run(byte[] bytes, int from, int to, Output out) {
        if (to > from) {
            out.write(bytes, from, to - from);
        }
    }
}
