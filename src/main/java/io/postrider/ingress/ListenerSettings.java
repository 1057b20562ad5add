package io.postrider.ingress;

import com.typesafe.config.Config;
import io.postrider.mail.Cidr;
import io.postrider.smtp.AddressSyntax;
import io.postrider.smtp.BareNewline;
import io.postrider.smtp.ServerTerms;
import io.postrider.tls.TlsSettings;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One SMTP listener.
 *
 * @param name in logs and records
 * @param host the address to bind to
 * @param port 0: any free one
 * @param allowHosts who may connect; empty: anyone
 * @param relayHosts who may send mail
 * @param admission how clients show who they are
 * @param fronts who may speak for clients
 * @param tls what it encrypts with
 * @param implicitTls whether the handshake comes first, without STARTTLS (RFC 8314 §3.3)
 * @param terms the limits of its sessions
 * @param maxConnections open at a time
 * @param maxConnectionsPerClient open at a time from one IPv4 address or one IPv6 /64
 * @param maxHops Received fields a message may have
 * @param backlog connections that may wait to be accepted
 * @param commandTimeout longest wait for the next whole command, or for more of a message
 * @param transactionTimeout longest time from MAIL to the end of data
 * @param verdictTimeout longest time from the end of data to our answer
 */
public record ListenerSettings(
        String name,
        String host,
        int port,
        List<Cidr> allowHosts,
        List<Cidr> relayHosts,
        Admission admission,
        Fronts fronts,
        TlsSettings tls,
        boolean implicitTls,
        ServerTerms terms,
        int maxConnections,
        int maxConnectionsPerClient,
        int maxHops,
        int backlog,
        Duration commandTimeout,
        Duration transactionTimeout,
        Duration verdictTimeout) {

    private static final String KEY = "postrider.smtp.listeners.";

    public ListenerSettings {
        allowHosts = List.copyOf(allowHosts);
        relayHosts = List.copyOf(relayHosts);
        if (name.isBlank()) {
            throw new IllegalArgumentException(KEY + "name: expected a name, but got none");
        }
        if (implicitTls && !tls.isOffered()) {
            throw new IllegalArgumentException(
                    KEY + "implicit-tls: expected a certificate in tls.certificate as well, but got none");
        }
        if (admission.mode() == Admission.Mode.REQUIRED && admission.requireTls() && !tls.isOffered()) {
            throw new IllegalArgumentException(KEY
                    + "auth: required, and by auth-require-tls under TLS alone, but there is no tls.certificate: nobody"
                    + " could send mail");
        }
        Ranges.check(KEY + "bind", port, 0, 65_535);
        Ranges.check(KEY + "max-message-size", terms.maxMessageSize(), 1024, 1L << 30);
        Ranges.check(KEY + "max-recipients", terms.maxRecipients(), 1, 100_000);
        Ranges.check(KEY + "max-messages", terms.maxMessages(), 0, Integer.MAX_VALUE);
        Ranges.check(KEY + "max-command-line", terms.maxCommandLine(), 512, 65_536);
        Ranges.check(KEY + "max-errors", terms.maxErrors(), 1, 1_000_000);
        Ranges.check(KEY + "max-idle-commands", terms.maxIdleCommands(), 1, 1_000_000);
        Ranges.check(KEY + "max-connections", maxConnections, 1, 1_000_000);
        Ranges.check(KEY + "max-connections-per-client", maxConnectionsPerClient, 1, 1_000_000);
        Ranges.check(KEY + "max-hops", maxHops, 1, 1000);
        Ranges.check(KEY + "backlog", backlog, 1, 65_535);
        Ranges.check(KEY + "command-timeout", commandTimeout.toMillis(), 1, 86_400_000);
        Ranges.check(KEY + "transaction-timeout", transactionTimeout.toMillis(), 1, 86_400_000);
        Ranges.check(KEY + "verdict-timeout", verdictTimeout.toMillis(), 1, 86_400_000);
    }

    boolean mayConnect(InetAddress client) {
        return allowHosts.isEmpty() || Cidr.anyContains(allowHosts, client);
    }

    boolean mayRelay(InetAddress client) {
        return Cidr.anyContains(relayHosts, client);
    }

    /**
     * @param listener one element of the list, with the defaults behind it
     * @param key its full key
     */
    static ListenerSettings from(Config listener, String key, String hostname) {
        String bind = listener.getString("bind");
        int colon = bind.lastIndexOf(':');
        String host = colon < 0 ? bind : bind.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        ServerTerms terms = new ServerTerms(
                hostname,
                choice(listener, "address-syntax", AddressSyntax.class),
                choice(listener, "bare-newline", BareNewline.class),
                listener.getBytes("max-message-size"),
                listener.getInt("max-recipients"),
                listener.getInt("max-messages"),
                Ranges.size(listener, "max-command-line"),
                listener.getInt("max-errors"),
                listener.getInt("max-idle-commands"),
                listener.getBoolean("reports"));
        return new ListenerSettings(
                listener.getString("name"),
                bracketed ? host.substring(1, host.length() - 1) : host,
                port(bind, colon),
                networks(listener, "allow-hosts"),
                networks(listener, "relay-hosts"),
                Admission.from(listener, key),
                Fronts.from(listener, key),
                TlsSettings.from(listener.getConfig("tls"), key + ".tls"),
                listener.getBoolean("implicit-tls"),
                terms,
                listener.getInt("max-connections"),
                listener.getInt("max-connections-per-client"),
                listener.getInt("max-hops"),
                listener.getInt("backlog"),
                listener.getDuration("command-timeout"),
                listener.getDuration("transaction-timeout"),
                listener.getDuration("verdict-timeout"));
    }

    private static int port(String bind, int colon) {
        try {
            if (colon > 0) {
                return Integer.parseInt(bind.substring(colon + 1));
            }
        } catch (NumberFormatException notANumber) {
            // told below, with the whole value
        }
        throw new IllegalArgumentException(KEY + "bind: expected address:port such as [::]:2525, but got " + bind);
    }

    private static List<Cidr> networks(Config listener, String key) {
        try {
            return Cidr.parseAll(listener.getStringList(key));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(KEY + key + ": " + wrong.getMessage(), wrong);
        }
    }

    private static <E extends Enum<E>> E choice(Config listener, String key, Class<E> type) {
        String text = listener.getString(key);
        StringBuilder known = new StringBuilder();
        for (E value : type.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
            known.append(known.isEmpty() ? "" : " or ").append(value.name().toLowerCase(java.util.Locale.ROOT));
        }
        throw new IllegalArgumentException(KEY + key + ": expected " + known + ", but got " + text);
    }
}
