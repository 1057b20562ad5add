package io.postrider.spool;

import java.util.List;
import java.util.Map;

/**
 * What the application said about a message besides its envelope. Absent values are empty.
 *
 * @param tenant whose mail it is
 * @param campaign what it was sent for
 * @param mailClass its class of urgency or kind
 * @param pool the pool of sources to send from; never empty, {@code default} when none was named
 * @param tags free words, in the order given
 * @param metadata free pairs
 */
public record Labels(
        String tenant,
        String campaign,
        String mailClass,
        String pool,
        List<String> tags,
        Map<String, String> metadata) {

    public static final String DEFAULT_POOL = "default";
    public static final Labels NONE = new Labels("", "", "", DEFAULT_POOL, List.of(), Map.of());

    public Labels {
        tags = List.copyOf(tags);
        metadata = Map.copyOf(metadata);
    }
}
