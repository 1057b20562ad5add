package io.postrider.smtp;

/**
 * How strictly the paths of MAIL and RCPT are read (RFC 5321 §4.1.2). Both refuse what could be misread further on:
 * spaces and angle brackets outside quotes, and quotes that do not close; controls never get this far. Percent signs
 * and a quoted {@code @} mean nothing to us and pass untouched.
 */
public enum AddressSyntax {
    /** What real programs send: {@code a..b@x}, a space after the colon, no angle brackets. */
    LENIENT,
    /** The grammar to the letter. */
    STRICT;

    private static final int LONGEST_LOCAL_PART = 64;

    /** What was read of a command's argument. */
    sealed interface Path {}

    /**
     * @param address without angle brackets and source route, empty for {@code <>}
     * @param end where the parameters start
     */
    record Found(String address, int end) implements Path {}

    record Malformed(String why) implements Path {}

    /** Whether {@code text} is one address with a local part and a domain, and nothing around it. */
    public boolean isAddress(String text) {
        Path path = read("<" + text + ">", 0);
        return path instanceof Found found
                && found.end() == text.length() + 2
                && !found.address().isEmpty()
                && found.address().equals(text)
                && text.lastIndexOf('@') > 0;
    }

    /** Reads the path that starts at {@code from}. */
    Path read(String line, int from) {
        int start = from;
        while (this == LENIENT && start < line.length() && line.charAt(start) == ' ') {
            start++;
        }
        if (start == line.length()) {
            return new Malformed("expected an address");
        }
        boolean bracketed = line.charAt(start) == '<';
        if (!bracketed && this == STRICT) {
            return new Malformed("expected an address in angle brackets");
        }
        int inner = bracketed ? start + 1 : start;
        int end = endOfPath(line, inner, bracketed ? '>' : ' ');
        if (end < 0) {
            return new Malformed(bracketed ? "unbalanced quotes or angle brackets" : "unbalanced quotes");
        }
        int next = bracketed ? end + 1 : end;
        if (next < line.length() && line.charAt(next) != ' ') {
            return new Malformed("expected a space behind the address");
        }
        return address(line.substring(inner, end), next);
    }

    /** Where the delimiter stands outside quotes; a path without brackets may also end with the line. -1: nowhere. */
    private static int endOfPath(String line, int from, char delimiter) {
        boolean quoted = false;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == delimiter && !quoted) {
                return i;
            }
        }
        return delimiter == ' ' && !quoted ? line.length() : -1;
    }

    private Path address(String path, int next) {
        if (path.isEmpty()) {
            return new Found("", next);
        }
        String address = path;
        if (path.charAt(0) == '@') {
            // RFC 5321 §4.1.1.3 and appendix C: a source route is accepted and ignored.
            int colon = path.indexOf(':');
            if (colon < 0 || colon == path.length() - 1) {
                return new Malformed("a source route without an address");
            }
            address = path.substring(colon + 1);
        }
        int at = address.lastIndexOf('@');
        int local = at < 0 ? address.length() : at;
        if (local == 0) {
            return new Malformed("expected a local part before the @");
        }
        if (hasStrayCharacter(address)) {
            return new Malformed("a space or an angle bracket outside quotes");
        }
        if (this == STRICT && !isStrictLocalPart(address, local)) {
            return new Malformed("the local part breaks the rules of RFC 5321");
        }
        return new Found(address, next);
    }

    private static boolean hasStrayCharacter(String address) {
        boolean quoted = false;
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ' ' || c == '<' || c == '>')) {
                return true;
            }
        }
        return quoted;
    }

    private static boolean isStrictLocalPart(String address, int end) {
        if (end > LONGEST_LOCAL_PART) {
            return false;
        }
        if (address.charAt(0) == '"') {
            return end > 1 && isQuotedString(address, end);
        }
        char before = '.';
        for (int i = 0; i < end; i++) {
            char c = address.charAt(i);
            if (c == '.' ? before == '.' : !isAtomText(c)) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    private static boolean isQuotedString(String address, int end) {
        int i = 1;
        while (i < end && address.charAt(i) != '"') {
            i += address.charAt(i) == '\\' ? 2 : 1;
        }
        return i == end - 1;
    }

    private static boolean isAtomText(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c > '~'
                || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
    }
}
