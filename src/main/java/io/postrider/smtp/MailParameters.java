package io.postrider.smtp;

import java.util.Locale;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET and ENVID (RFC 3461),
 * AUTH (RFC 4954), REQUIRETLS (RFC 8689). */
sealed interface MailParameters {

    /**
     * @param size announced bytes, 0 when none were announced
     * @param ret empty when none was given
     * @param envelopeId empty when none was given
     * @param requireTls every server on the way is to encrypt
     */
    record Known(long size, boolean smtpUtf8, String ret, String envelopeId, boolean requireTls)
            implements MailParameters {}

    record Refused(Canned reply) implements MailParameters {}

    Known NONE = new Known(0, false, "", "", false);

    /**
     * @param dsn whether RET and ENVID are offered
     * @param auth whether AUTH is offered: who submitted a message before is taken note of and not believed (RFC 4954 §5)
     * @param encrypted REQUIRETLS is offered under TLS alone (RFC 8689 §2)
     */
    static MailParameters read(String line, int from, boolean dsn, boolean auth, boolean encrypted) {
        if (isBlank(line, from)) {
            return NONE;
        }
        long size = -1;
        boolean body = false;
        boolean smtpUtf8 = false;
        String ret = "";
        String envelopeId = "";
        boolean submitter = false;
        boolean requireTls = false;
        StringTokenizer parameters = new StringTokenizer(line.substring(from), " ");
        while (parameters.hasMoreTokens()) {
            String parameter = parameters.nextToken();
            int equals = parameter.indexOf('=');
            String name = (equals < 0 ? parameter : parameter.substring(0, equals)).toUpperCase(Locale.ROOT);
            String value = equals < 0 ? null : parameter.substring(equals + 1);
            switch (name) {
                case "SIZE" -> {
                    if (size >= 0) {
                        return new Refused(ServerReplies.PARAMETER_TWICE);
                    }
                    size = number(value);
                    if (size < 0) {
                        return new Refused(ServerReplies.BAD_SIZE);
                    }
                }
                case "BODY" -> {
                    if (body) {
                        return new Refused(ServerReplies.PARAMETER_TWICE);
                    }
                    body = "7BIT".equalsIgnoreCase(value) || "8BITMIME".equalsIgnoreCase(value);
                    if (!body) {
                        return new Refused(ServerReplies.BAD_BODY);
                    }
                }
                case "SMTPUTF8" -> {
                    if (smtpUtf8) {
                        return new Refused(ServerReplies.PARAMETER_TWICE);
                    }
                    if (value != null) {
                        return new Refused(ServerReplies.BAD_SMTPUTF8);
                    }
                    smtpUtf8 = true;
                }
                case "RET" -> {
                    Optional<String> given = DsnSyntax.ret(value);
                    if (!dsn || !ret.isEmpty() || given.isEmpty()) {
                        return refused(dsn, ret, ServerReplies.BAD_RET);
                    }
                    ret = given.get();
                }
                case "ENVID" -> {
                    Optional<String> given = DsnSyntax.envelopeId(value);
                    if (!dsn || !envelopeId.isEmpty() || given.isEmpty()) {
                        return refused(dsn, envelopeId, ServerReplies.BAD_ENVID);
                    }
                    envelopeId = given.get();
                }
                case "AUTH" -> {
                    boolean wrong = value == null || value.isEmpty() || !DsnSyntax.isXtext(value, 0);
                    if (!auth || submitter || wrong) {
                        return refused(auth, submitter ? name : "", ServerReplies.BAD_AUTH);
                    }
                    submitter = true;
                }
                case "REQUIRETLS" -> {
                    if (!encrypted || requireTls || value != null) {
                        return refused(encrypted, requireTls ? name : "", ServerReplies.BAD_REQUIRETLS);
                    }
                    requireTls = true;
                }
                default -> {
                    return new Refused(ServerReplies.UNKNOWN_PARAMETER);
                }
            }
        }
        return new Known(Math.max(size, 0), smtpUtf8, ret, envelopeId, requireTls);
    }

    private static Refused refused(boolean offered, String before, Canned bad) {
        if (!offered) {
            return new Refused(ServerReplies.UNKNOWN_PARAMETER);
        }
        return new Refused(before.isEmpty() ? bad : ServerReplies.PARAMETER_TWICE);
    }

    static boolean isBlank(String line, int from) {
        for (int i = from; i < line.length(); i++) {
            if (line.charAt(i) != ' ') {
                return false;
            }
        }
        return true;
    }

    /** A number of up to 20 digits (RFC 1870 §4); what no long holds is larger than any limit. -1: no number. */
    static long number(@Nullable String digits) {
        if (digits == null || digits.isEmpty() || digits.length() > 20) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE : number * 10 + c - '0';
        }
        return number;
    }
}
