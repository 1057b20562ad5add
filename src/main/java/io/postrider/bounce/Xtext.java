package io.postrider.bounce;

import java.util.Locale;

/** The forms in which addresses and envelope ids stand in reports (RFC 3461 §4, RFC 6533 §3). */
final class Xtext {

    private Xtext() {}

    /** What xtext stands for; where that would not be printable ASCII, the xtext itself. */
    static String decoded(String xtext) {
        StringBuilder text = new StringBuilder(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c != '+') {
                text.append(c);
                continue;
            }
            int code = i + 2 < xtext.length() ? hex(xtext.charAt(i + 1)) * 16 + hex(xtext.charAt(i + 2)) : -1;
            if (code < ' ' || code > '~') {
                return xtext;
            }
            text.append((char) code);
            i += 2;
        }
        return text.toString();
    }

    /** {@code type; address} of an ORCPT parameter, in ASCII. */
    static String original(String parameter) {
        int semicolon = parameter.indexOf(';');
        String type = parameter.substring(0, semicolon);
        String address = parameter.substring(semicolon + 1);
        // The forms of "utf-8" hold no plus; those that are not ASCII yet become so.
        return type + "; " + (type.equalsIgnoreCase("utf-8") ? ascii(address, false) : decoded(address));
    }

    /** An address of ours: as it is, or by {@code utf-8-addr-xtext}, which needs no SMTPUTF8 on the way. */
    static String typed(String address) {
        return isAscii(address) ? "rfc822; " + address : "utf-8; " + ascii(address, true);
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static String ascii(String address, boolean all) {
        StringBuilder text = new StringBuilder(address.length() + 16);
        address.codePoints().forEach(point -> {
            boolean plain = point > ' ' && point < 0x7F && !(all && (point == '\\' || point == '+' || point == '='));
            if (plain) {
                text.appendCodePoint(point);
            } else {
                text.append("\\x{")
                        .append(Integer.toHexString(point).toUpperCase(Locale.ROOT))
                        .append('}');
            }
        });
        return text.toString();
    }

    private static int hex(char c) {
        return Character.digit(c, 16) < 0 ? -1000 : Character.digit(c, 16);
    }
}
