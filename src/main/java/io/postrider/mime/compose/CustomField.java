package io.postrider.mime.compose;

/**
 * A header field that the application chose. Those that say where a message goes, or that we write ourselves, are
 * refused by {@link Composer}.
 *
 * @param name as in RFC 5322 §3.6.8: printable ASCII without colon and space
 * @param value any text without control characters; folded and encoded as needed
 */
public record CustomField(String name, String value) {}
