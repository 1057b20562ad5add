package io.postrider.smtp;

import java.util.Locale;
import java.util.Optional;
import java.util.StringTokenizer;

/** The parameters of RCPT: NOTIFY and ORCPT (RFC 3461 §4.1, §4.2). */
sealed interface RecipientParameters {

    record Known(Dsn.Wish wish) implements RecipientParameters {}

    record Refused(Canned reply) implements RecipientParameters {}

    Known NONE = new Known(Dsn.Wish.NONE);

    /** @param dsn whether the parameters are offered at all */
    static RecipientParameters read(String line, int from, boolean dsn) {
        if (MailParameters.isBlank(line, from)) {
            return NONE;
        }
        if (!dsn) {
            return new Refused(ServerReplies.UNKNOWN_PARAMETER);
        }
        String notifyOn = "";
        String originalRecipient = "";
        StringTokenizer parameters = new StringTokenizer(line.substring(from), " ");
        while (parameters.hasMoreTokens()) {
            String parameter = parameters.nextToken();
            int equals = parameter.indexOf('=');
            String name = (equals < 0 ? parameter : parameter.substring(0, equals)).toUpperCase(Locale.ROOT);
            String value = equals < 0 ? null : parameter.substring(equals + 1);
            switch (name) {
                case "NOTIFY" -> {
                    Optional<String> given = DsnSyntax.notifyOn(value);
                    if (!notifyOn.isEmpty() || given.isEmpty()) {
                        return twiceOr(notifyOn, ServerReplies.BAD_NOTIFY);
                    }
                    notifyOn = given.get();
                }
                case "ORCPT" -> {
                    Optional<String> given = DsnSyntax.originalRecipient(value);
                    if (!originalRecipient.isEmpty() || given.isEmpty()) {
                        return twiceOr(originalRecipient, ServerReplies.BAD_ORCPT);
                    }
                    originalRecipient = given.get();
                }
                default -> {
                    return new Refused(ServerReplies.UNKNOWN_PARAMETER);
                }
            }
        }
        return new Known(new Dsn.Wish(notifyOn, originalRecipient));
    }

    private static Refused twiceOr(String before, Canned bad) {
        return new Refused(before.isEmpty() ? bad : ServerReplies.PARAMETER_TWICE);
    }
}
