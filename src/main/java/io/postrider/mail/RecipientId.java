package io.postrider.mail;

import java.util.Optional;

/**
 * One recipient of one message.
 *
 * @param message the message
 * @param index the recipient's place in the accepted envelope over all domains, from 0
 */
public record RecipientId(MessageId message, int index) {

    /** Reads what {@link #toString} writes; empty for anything else. */
    public static Optional<RecipientId> parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0 || text.length() > dot + 9 || text.length() == dot + 1) {
            return Optional.empty();
        }
        for (int i = dot + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return Optional.empty();
            }
        }
        int index = Integer.parseInt(text.substring(dot + 1));
        return MessageId.parse(text.substring(0, dot)).map(message -> new RecipientId(message, index));
    }

    @Override
    public String toString() {
        return message + "." + index;
    }
}
