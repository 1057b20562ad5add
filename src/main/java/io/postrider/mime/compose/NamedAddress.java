package io.postrider.mime.compose;

/**
 * An address as header fields show it (RFC 5322 §3.4).
 *
 * @param email {@code local@domain}; the local part may be quoted or not ASCII, the domain may have U-labels
 * @param name what people read, any text; empty for none
 */
public record NamedAddress(String email, String name) {

    public static NamedAddress of(String email) {
        return new NamedAddress(email, "");
    }
}
