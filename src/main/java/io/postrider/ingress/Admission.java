package io.postrider.ingress;

import com.typesafe.config.Config;
import io.postrider.mail.SenderDomains;
import io.postrider.smtp.AuthTerms;

/**
 * How clients of a listener show who they are, and in whose name they may speak.
 *
 * @param mode whether they may or must log in
 * @param requireTls whether they may do so under TLS alone
 * @param senderDomains of those who may send by their address; users have their own
 */
public record Admission(Mode mode, boolean requireTls, SenderDomains senderDomains) {

    /** Whether clients log in. */
    public enum Mode {
        OFF,
        OPTIONAL,
        REQUIRED
    }

    /** @param key of the listener */
    static Admission from(Config listener, String key) {
        return new Admission(
                mode(listener.getString("auth"), key),
                listener.getBoolean("auth-require-tls"),
                domains(listener, key + ".sender-domains"));
    }

    private static Mode mode(String text, String key) {
        return switch (text) {
            case "off", "false", "no" -> Mode.OFF;
            case "optional" -> Mode.OPTIONAL;
            case "required" -> Mode.REQUIRED;
            default ->
                throw new IllegalArgumentException(key + ".auth: expected off, optional or required, but got " + text);
        };
    }

    private static SenderDomains domains(Config listener, String key) {
        try {
            return SenderDomains.parse(listener.getStringList("sender-domains"));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(key + ": " + wrong.getMessage(), wrong);
        }
    }

    /** @param hasUsers whether there is anybody who could log in */
    AuthTerms auth(boolean hasUsers) {
        return new AuthTerms(hasUsers && mode != Mode.OFF, mode == Mode.REQUIRED, requireTls);
    }
}
