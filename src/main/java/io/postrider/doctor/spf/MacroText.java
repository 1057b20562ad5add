package io.postrider.doctor.spf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with macros (RFC 7208 §7), already known to be well-formed.
 *
 * @param text as it is written
 */
public record MacroText(String text) {

    private static final int LONGEST_NAME = 253;
    private static final Pattern MACRO =
            Pattern.compile("%(?:\\{([slodiphvSLODIPHV])([0-9]{0,3})([rR]?)([.+,/_=-]*)\\}|([%_-]))");
    private static final Pattern END = Pattern.compile("\\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])\\.?$");
    private static final Pattern NUMBER_AT_END = Pattern.compile("\\.[0-9]+\\.?$");

    /** What macros stand for. */
    interface Values {
        /** @param letter lower case, one of s l o d i p h v */
        String of(char letter);
    }

    /** A domain-spec: it ends in a label that is no number, or in a macro. */
    static MacroText domain(String text) throws SpfSyntaxException {
        MacroText read = anything(text);
        boolean ends = text.endsWith("}")
                || (END.matcher(text).find() && !NUMBER_AT_END.matcher(text).find());
        if (!ends) {
            throw new SpfSyntaxException("'" + text + "' is no domain");
        }
        return read;
    }

    /** A macro-string. */
    static MacroText anything(String text) throws SpfSyntaxException {
        Matcher macro = MACRO.matcher(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (!macro.find(i) || macro.start() != i || "0".equals(macro.group(2))) {
                    throw new SpfSyntaxException("'" + text + "' has a % that begins no macro");
                }
                i = macro.end() - 1;
            } else if (c <= ' ' || c > '~') {
                throw new SpfSyntaxException("'" + text + "' has a character that is not printable ASCII");
            }
        }
        return new MacroText(text);
    }

    /** Whether what it stands for depends on who in the domain sends. */
    boolean asksForSender() {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("%{l") || lower.contains("%{s");
    }

    /** A name for the DNS: without its leftmost labels where it would be too long (RFC 7208 §7.3). */
    String expand(Values values) {
        Matcher macro = MACRO.matcher(text);
        StringBuilder name = new StringBuilder();
        int at = 0;
        while (macro.find()) {
            name.append(text, at, macro.start()).append(value(macro, values));
            at = macro.end();
        }
        String whole = name.append(text, at, text.length()).toString();
        String bare = whole.endsWith(".") ? whole.substring(0, whole.length() - 1) : whole;
        while (bare.length() > LONGEST_NAME && bare.indexOf('.') >= 0) {
            int excess = bare.length() - LONGEST_NAME;
            int dot = bare.indexOf('.', Math.max(0, excess - 1));
            bare = dot < 0 ? "" : bare.substring(dot + 1);
        }
        return bare;
    }

    private static String value(Matcher macro, Values values) {
        String escaped = macro.group(5);
        if (escaped != null) {
            return switch (escaped) {
                case "_" -> " ";
                case "-" -> "%20";
                default -> "%";
            };
        }
        char letter = macro.group(1).charAt(0);
        char lower = Character.toLowerCase(letter);
        String delimiters = macro.group(4).isEmpty() ? "." : macro.group(4);
        List<String> parts = split(values.of(lower), delimiters);
        if (!macro.group(3).isEmpty()) {
            Collections.reverse(parts);
        }
        if (!macro.group(2).isEmpty()) {
            int kept = Math.min(parts.size(), Integer.parseInt(macro.group(2)));
            parts = parts.subList(parts.size() - kept, parts.size());
        }
        String joined = String.join(".", parts);
        return letter == lower ? joined : inUrl(joined);
    }

    private static List<String> split(String value, String delimiters) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < value.length(); i++) {
            if (delimiters.indexOf(value.charAt(i)) >= 0) {
                parts.add(value.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(value.substring(from));
        return parts;
    }

    /** RFC 3986 §2.3: what is not unreserved is escaped. */
    private static String inUrl(String text) {
        StringBuilder url = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean unreserved = (c < 128 && Character.isLetterOrDigit(c)) || "-._~".indexOf(c) >= 0;
            url.append(unreserved ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return url.toString();
    }
}
