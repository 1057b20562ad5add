package io.postrider.dkim;

/** Writes a signature's field, folded: between tags, at the colons of {@code h=}, and anywhere in {@code bh=} and {@code b=}. */
final class SignatureText {

    /** RFC 5322 §2.1.1. */
    private static final int LINE = 78;

    private final StringBuilder text = new StringBuilder(1024).append("DKIM-Signature: ");
    private int column = text.length();

    /** A tag with a short value, and the semicolon behind it. */
    SignatureText tag(String name, String value) {
        fit(name.length() + value.length() + 2);
        add(name).add("=").add(value).add(";");
        blank();
        return this;
    }

    /** {@code h=}. */
    SignatureText names(Iterable<String> names) {
        boolean first = true;
        for (String name : names) {
            if (!first) {
                add(":");
            }
            fit(name.length() + (first ? 4 : 2));
            add(first ? "h=" : "").add(name);
            first = false;
        }
        add(";");
        blank();
        return this;
    }

    /** {@code b=} without its value: the text that is signed. */
    String unsigned() {
        fit("b=".length() + 16);
        add("b=");
        return text.toString();
    }

    /** The whole field with its line end. */
    String signed(String base64) {
        int at = 0;
        while (at < base64.length()) {
            int room = Math.min(LINE - column, base64.length() - at);
            add(base64.substring(at, at + room));
            at += room;
            if (at < base64.length()) {
                fold();
            }
        }
        return text.append("\r\n").toString();
    }

    private void fit(int width) {
        if (column + width > LINE && column > 1) {
            fold();
        }
    }

    /** A blank at the end of a line would be one too many for some readers of simple canonicalization. */
    private void fold() {
        if (text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        text.append("\r\n\t");
        column = 1;
    }

    private void blank() {
        add(" ");
    }

    private SignatureText add(String more) {
        text.append(more);
        column += more.length();
        return this;
    }
}
