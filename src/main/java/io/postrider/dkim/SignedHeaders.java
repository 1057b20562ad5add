package io.postrider.dkim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which fields a signature covers (RFC 6376 §5.4). The names are a minimum: what readers see or act on besides is covered
 * when it is there, and what must not be added later is named once more than it occurs.
 *
 * @param names what is covered in any case, From among them
 * @param exact the names alone, as often as each is written, whether there is such a field or not
 */
public record SignedHeaders(List<String> names, boolean exact) {

    /** Must not be added by somebody else: a reader shows them, or answers go there (RFC 6376 §8.15). */
    private static final List<String> SEALED = List.of("From", "To", "Cc", "Subject", "Date", "Reply-To", "Message-ID");

    private static final Set<String> BESIDES = named("Sender", "MIME-Version", "In-Reply-To", "References");

    /** Changed or added on the way (RFC 6376 §5.4), or about the signature itself. */
    private static final Set<String> NEVER = named(
            "Return-Path", "Received", "Bcc", "Resent-Bcc", "DKIM-Signature", "Authentication-Results", "Delivered-To");

    /** What is covered when nobody says what to cover. */
    public static final SignedHeaders USUAL =
            new SignedHeaders(List.of("From", "To", "Subject", "Date", "Message-ID"), false);

    public SignedHeaders {
        names = List.copyOf(names);
        if (names.stream().noneMatch("From"::equalsIgnoreCase)) {
            throw new IllegalArgumentException("expected From among the signed headers (RFC 6376 §5.4)");
        }
        for (String name : names) {
            if (!isName(name)) {
                throw new IllegalArgumentException("expected names of header fields, but one is \"" + name + "\"");
            }
            if (NEVER.contains(name)) {
                throw new IllegalArgumentException(
                        "expected headers that stay as they are on the way, but " + name + " does not (RFC 6376 §5.4)");
            }
        }
    }

    /**
     * The choice for one message.
     *
     * @param names for {@code h=}
     * @param fields where each stands in the message, or {@link HeaderFields#NONE}
     */
    record Choice(List<String> names, List<Integer> fields) {}

    Choice choose(HeaderFields message) {
        Choice choice = new Choice(new ArrayList<>(), new ArrayList<>());
        if (exact) {
            literally(message, choice);
            return choice;
        }
        boolean[] taken = new boolean[message.count()];
        for (String name : names) {
            take(name, message, taken, choice);
        }
        for (String name : SEALED) {
            take(name, message, taken, choice);
        }
        for (int field = 0; field < message.count(); field++) {
            if (!taken[field] && message.colon(field) != HeaderFields.NONE) {
                String name = message.name(field);
                if (isWorthIt(name)) {
                    take(name, message, taken, choice);
                }
            }
        }
        return choice;
    }

    /** Every field of this name, and once more when it is sealed; nothing the second time. */
    private static void take(String name, HeaderFields message, boolean[] taken, Choice choice) {
        boolean sealed = SEALED.stream().anyMatch(name::equalsIgnoreCase);
        int field = message.last(name);
        boolean before =
                field == HeaderFields.NONE ? choice.names.stream().anyMatch(name::equalsIgnoreCase) : taken[field];
        if (before) {
            return;
        }
        for (; field != HeaderFields.NONE; field = message.above(field)) {
            taken[field] = true;
            add(name, field, choice);
        }
        if (sealed) {
            add(name, HeaderFields.NONE, choice);
        }
    }

    /** The second mention of a name means the second field from the bottom, and so on (RFC 6376 §5.4.2). */
    private void literally(HeaderFields message, Choice choice) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            int field = message.last(name);
            for (String before : names.subList(0, i)) {
                if (field != HeaderFields.NONE && before.equalsIgnoreCase(name)) {
                    field = message.above(field);
                }
            }
            add(name, field, choice);
        }
    }

    private static void add(String name, int field, Choice choice) {
        choice.names.add(name);
        choice.fields.add(field);
    }

    private static boolean isWorthIt(String name) {
        return switch (name.charAt(0) | 0x20) {
            case 'c' -> startsWith(name, "Content-");
            // Without them no reader offers to unsubscribe (RFC 8058 §4).
            case 'l' -> startsWith(name, "List-");
            case 's', 'm', 'i', 'r' -> BESIDES.contains(name);
            default -> false;
        };
    }

    private static boolean startsWith(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ':' && c != ';');
    }

    private static Set<String> named(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return set;
    }

    @Override
    public String toString() {
        return String.join(":", names).toLowerCase(Locale.ROOT) + (exact ? " exactly" : "");
    }
}
