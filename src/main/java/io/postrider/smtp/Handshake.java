package io.postrider.smtp;

import io.postrider.mail.Reply;
import io.postrider.smtp.ClientOptions.Encrypt;
import org.jspecify.annotations.Nullable;

/**
 * The client's half from the greeting to the server's answer to our name (RFC 5321 §3.1, §3.2), with TLS and AUTH where
 * they are asked for (RFC 3207, RFC 4954).
 *
 * <pre>
 * GREETING --2yz--> EHLO       EHLO
 * EHLO     --2yz--> STARTTLS   STARTTLS, where it is wanted and offered
 * STARTTLS --220--> TLS        (handshake)
 * STARTTLS --else-> done       where plain text will do
 * TLS      --over-> EHLO       EHLO, all capabilities forgotten
 * EHLO     --2yz--> AUTH       where there are credentials, under TLS alone
 * EHLO     --2yz--> done
 * EHLO     --5yz--> HELO       HELO
 * AUTH     --2yz--> done
 * HELO     --2yz--> done
 * any      --else-> refused
 * </pre>
 */
final class Handshake {

    enum Effect {
        GOES_ON,
        START_TLS,
        DONE,
        REFUSED
    }

    private final ClientOptions options;
    private final WireBuffer out;
    private Awaiting at = Awaiting.GREETING;
    private Capabilities server = Capabilities.NONE;
    private boolean secured;
    private @Nullable Login login;
    private String ourWords = "";

    Handshake(ClientOptions options, WireBuffer out) {
        this.options = options;
        this.out = out;
    }

    Awaiting at() {
        return at;
    }

    /** What the server offers, once it is done. */
    Capabilities server() {
        return server;
    }

    Effect on(Reply reply) {
        return switch (at) {
            case GREETING -> reply.isPositive() ? sayHello("EHLO ", Awaiting.EHLO) : Effect.REFUSED;
            case STARTTLS -> afterStartTls(reply);
            case AUTH -> afterAuth(reply);
            default -> afterHello(reply);
        };
    }

    /** Where the server was willing but we were not, why. */
    Reply refusal(Reply reply) {
        return ourWords.isEmpty() ? reply : Reply.of(451, "4.7.5", ourWords);
    }

    void secured() {
        secured = true;
        server = Capabilities.NONE;
        sayHello("EHLO ", Awaiting.EHLO);
    }

    private Effect afterHello(Reply reply) {
        if (!reply.isPositive()) {
            // "the client SHOULD ... send a HELO" to a server that does not know EHLO (RFC 5321 §3.2).
            return at == Awaiting.EHLO && reply.isPermanent() ? sayHello("HELO ", Awaiting.HELO) : Effect.REFUSED;
        }
        server = at == Awaiting.EHLO ? Capabilities.of(reply) : Capabilities.NONE;
        if (!secured && options.encrypt() != Encrypt.NEVER) {
            if (server.startTls()) {
                out.put("STARTTLS\r\n");
                at = Awaiting.STARTTLS;
                return Effect.GOES_ON;
            }
            if (options.encrypt() == Encrypt.ALWAYS) {
                return unwilling("TLS is required here, but the server does not offer STARTTLS");
            }
        }
        return authenticated();
    }

    private Effect afterStartTls(Reply reply) {
        if (reply.code() == 220) {
            at = Awaiting.TLS;
            return Effect.START_TLS;
        }
        if (options.encrypt() == Encrypt.MAY && !reply.isPositive() && reply.code() != 421) {
            return authenticated();
        }
        return unwilling("the server offered STARTTLS, but then said " + reply);
    }

    private Effect authenticated() {
        if (options.credentials().isEmpty()) {
            return Effect.DONE;
        }
        if (!secured) {
            return unwilling("the password for this server is not shown without TLS");
        }
        login = new Login(options.credentials().get(), out);
        if (!login.begin(server)) {
            return unwilling("the server offers neither AUTH PLAIN nor AUTH LOGIN, but there is a password for it");
        }
        at = Awaiting.AUTH;
        return Effect.GOES_ON;
    }

    private Effect afterAuth(Reply reply) {
        if (reply.isPositive()) {
            return Effect.DONE;
        }
        if (reply.code() == 334 && login != null && login.goOn()) {
            return Effect.GOES_ON;
        }
        return unwilling("the server did not take our user and password: " + reply);
    }

    private Effect unwilling(String why) {
        ourWords = why;
        return Effect.REFUSED;
    }

    private Effect sayHello(String command, Awaiting then) {
        out.put(command).put(options.ehlo()).put("\r\n");
        at = then;
        return Effect.GOES_ON;
    }
}
