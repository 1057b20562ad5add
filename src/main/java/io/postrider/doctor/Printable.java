package io.postrider.doctor;

import java.util.Locale;

/** Text of strangers, made safe for terminals: what is not printable ASCII becomes {@code \xNN}. */
public final class Printable {

    /** Of a text that is quoted within a remark. */
    private static final int QUOTED = 160;

    /** Our own words have these besides. */
    private static final String OURS = "§…";

    private Printable() {}

    /** A quotation: the beginning of what a stranger wrote. */
    static String quoted(String text) {
        return cut(text, QUOTED);
    }

    static String cut(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) + "…" : text;
    }

    /** One line of at most {@code longest} characters before they are escaped. */
    static String line(String text, int longest) {
        String shortened = cut(text, longest);
        StringBuilder line = new StringBuilder(shortened.length());
        for (int i = 0; i < shortened.length(); i++) {
            char c = shortened.charAt(i);
            if ((c >= ' ' && c <= '~') || OURS.indexOf(c) >= 0) {
                line.append(c);
            } else {
                line.append(String.format(Locale.ROOT, c < 256 ? "\\x%02x" : "\\u%04x", (int) c));
            }
        }
        return line.toString();
    }
}
