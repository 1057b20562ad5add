package io.postrider.route;

/** Records as lines of a zone file, to be published. */
public final class ZoneLine {

    /** Bytes of one string of a TXT record (RFC 1035 §3.3.14). */
    private static final int LONGEST_STRING = 255;

    private ZoneLine() {}

    /** A TXT record of ASCII without controls, in strings of at most 255 bytes. */
    public static String text(String name, String text) {
        StringBuilder line = new StringBuilder(name).append(". IN TXT (");
        for (int at = 0; at < text.length(); at += LONGEST_STRING) {
            String part = text.substring(at, Math.min(text.length(), at + LONGEST_STRING));
            line.append(" \"")
                    .append(part.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return line.append(" )").toString();
    }
}
