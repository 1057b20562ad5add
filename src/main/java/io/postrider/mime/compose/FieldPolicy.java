package io.postrider.mime.compose;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which header fields an application may write itself. What we write, what other servers write, and what would steer
 * the way of a message are not among them; all other names are.
 */
final class FieldPolicy {

    private static final int LONGEST_NAME = 76;

    private static final Set<String> OURS =
            Set.of("from", "to", "cc", "reply-to", "subject", "date", "message-id", "mime-version");

    private static final Set<String> OF_SERVERS = Set.of(
            "received",
            "received-spf",
            "return-path",
            "delivered-to",
            "authentication-results",
            "dkim-signature",
            "domainkey-signature");

    /** Ids and links: nothing in them may be encoded, and there is one of each (RFC 5322 §3.6, RFC 2369 §2). */
    private static final Set<String> OF_WORDS = Set.of("in-reply-to", "references");

    private static final String SENDER = "sender";
    private static final String LIST = "list-";
    private static final String LIST_ID = "list-id";

    private FieldPolicy() {}

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Why the field may not be written; empty when it may. */
    static Optional<String> fault(String key) {
        if (!Plain.isFieldName(key) || key.length() > LONGEST_NAME) {
            return Optional.of("expected a header name of 1 to " + LONGEST_NAME
                    + " printable ASCII characters without colon and space");
        }
        if (OURS.contains(key)) {
            return Optional.of("this header is made from the request and cannot be set");
        }
        if (key.equals("bcc")) {
            return Optional.of("blind copies are addressed by bcc, never by a header");
        }
        if (key.startsWith("content-")) {
            return Optional.of("headers of the content are made from text, html and attachments");
        }
        if (key.startsWith("x-postrider-")) {
            return Optional.of("these headers steer the relay; use the field of the request instead");
        }
        if (OF_SERVERS.contains(key) || key.startsWith("arc-") || key.startsWith("resent-")) {
            return Optional.of("this header is written by the servers on the way");
        }
        return Optional.empty();
    }

    static boolean isSingle(String key) {
        return isOfWords(key) || key.equals(SENDER) || key.equals(LIST_ID);
    }

    static boolean isOfWords(String key) {
        return OF_WORDS.contains(key) || (key.startsWith(LIST) && !key.equals(LIST_ID));
    }

    static boolean isAddress(String key) {
        return key.equals(SENDER);
    }
}
