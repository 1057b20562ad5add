package io.postrider.smtp;

import io.postrider.mail.Reply;
import io.postrider.smtp.sasl.Mechanism;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A listener's terms with the replies that follow from them alone, made once for all its sessions. */
public final class ServerProfile {

    private final ServerTerms terms;
    private final Canned greeting;
    /** By {@link #variant}. */
    private final Canned[] ehlo = new Canned[8];

    private final boolean startTls;
    private final AuthTerms auth;
    private final Canned helo;

    /** @param startTls whether STARTTLS is offered to who is not encrypted yet */
    public ServerProfile(ServerTerms terms, boolean startTls, AuthTerms auth) {
        this.terms = terms;
        this.auth = auth;
        this.greeting = plain(220, List.of(terms.hostname() + " ESMTP Postrider"));
        this.helo = plain(250, List.of(terms.hostname()));
        this.startTls = startTls;
        for (boolean encrypted : new boolean[] {false, true}) {
            for (boolean binding : new boolean[] {false, true}) {
                for (boolean xclient : new boolean[] {false, true}) {
                    ehlo[variant(encrypted, binding, xclient)] =
                            plain(250, ehloLines(encrypted, mechanisms(encrypted, binding), xclient));
                }
            }
        }
    }

    private static int variant(boolean encrypted, boolean binding, boolean xclient) {
        return (encrypted ? 1 : 0) | (binding ? 2 : 0) | (xclient ? 4 : 0);
    }

    /** Such as {@code AUTH PLAIN LOGIN}; empty when there is nothing to offer. */
    private String mechanisms(boolean encrypted, boolean binding) {
        if (!auth.offered() || (auth.requireTls() && !encrypted)) {
            return "";
        }
        StringBuilder words = new StringBuilder("AUTH");
        for (Mechanism mechanism : Mechanism.values()) {
            if (binding || mechanism != Mechanism.SCRAM_SHA_256_PLUS) {
                words.append(' ').append(mechanism.word());
            }
        }
        return words.toString();
    }

    AuthTerms auth() {
        return auth;
    }

    ServerTerms terms() {
        return terms;
    }

    Canned greeting() {
        return greeting;
    }

    Canned helo() {
        return helo;
    }

    Canned ehlo(boolean encrypted, SessionHost host) {
        return ehlo[variant(encrypted, host.hasBindings(), host.maySayXclient())];
    }

    /** The reply to STARTTLS (RFC 3207 §4): positive when the handshake is to begin. */
    Canned startTls(String command, boolean encrypted, SessionHost host) {
        if (encrypted) {
            return ServerReplies.TLS_IS_ON;
        }
        if (!startTls) {
            return ServerReplies.NOT_OFFERED;
        }
        if (!MailParameters.isBlank(command, "STARTTLS".length())) {
            return ServerReplies.NO_ARGUMENT;
        }
        return host.isTlsBusy() ? ServerReplies.TLS_IS_BUSY : ServerReplies.START_TLS;
    }

    /** RFC 5321 §4.1.1.1. */
    private List<String> ehloLines(boolean encrypted, String mechanisms, boolean xclient) {
        List<String> lines = new ArrayList<>();
        lines.add(terms.hostname());
        lines.add("PIPELINING");
        lines.add("8BITMIME");
        lines.add("SMTPUTF8");
        lines.add("SIZE " + terms.maxMessageSize());
        lines.add("ENHANCEDSTATUSCODES");
        lines.add("CHUNKING");
        if (startTls && !encrypted) {
            lines.add("STARTTLS");
        }
        if (encrypted) {
            lines.add("REQUIRETLS");
        }
        if (!mechanisms.isEmpty()) {
            lines.add(mechanisms);
        }
        if (terms.reports()) {
            lines.add("DSN");
        }
        if (xclient) {
            lines.add("XCLIENT NAME ADDR PORT PROTO HELO LOGIN");
        }
        String limits = "LIMITS RCPTMAX=" + terms.maxRecipients();
        lines.add(terms.maxMessages() > 0 ? limits + " MAILMAX=" + terms.maxMessages() : limits);
        return lines;
    }

    /** Greeting and EHLO carry no enhanced code (RFC 2034 §4). */
    private static Canned plain(int code, List<String> lines) {
        return Canned.of(new Reply(code, Optional.empty(), lines));
    }
}
