package io.postrider.dkim;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code name=value; name=value}, as signatures and DNS records are written (RFC 6376 §3.2), those of DMARC too. */
public final class TagList {

    private final Map<String, String> tags;

    private TagList(Map<String, String> tags) {
        this.tags = tags;
    }

    /** Empty when something is no tag, or a name stands twice. */
    public static Optional<TagList> parse(String text) {
        Map<String, String> tags = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length()) {
            int semicolon = text.indexOf(';', at);
            int end = semicolon < 0 ? text.length() : semicolon;
            String tag = text.substring(at, end).strip();
            at = end + 1;
            int equals = tag.indexOf('=');
            if (tag.isEmpty() && at >= text.length()) {
                break;
            }
            if (equals < 1) {
                return Optional.empty();
            }
            String name = tag.substring(0, equals).strip();
            if (tags.containsKey(name)) {
                return Optional.empty();
            }
            tags.put(name, tag.substring(equals + 1).strip());
        }
        return Optional.of(new TagList(tags));
    }

    /** The value, its white space as it is; empty when there is no such tag. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(tags.get(name));
    }

    /** The value without any white space. */
    public Optional<String> packed(String name) {
        return get(name).map(TagList::pack);
    }

    private static String pack(String value) {
        StringBuilder packed = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                packed.append(c);
            }
        }
        return packed.toString();
    }
}
