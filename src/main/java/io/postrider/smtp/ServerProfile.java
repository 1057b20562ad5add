package io.postrider.smtp;

import io.postrider.mail.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A listener's terms with the replies that follow from them alone, made once for all its sessions. */
public final class ServerProfile {

    private final ServerTerms terms;
    private final Canned greeting;
    private final Canned ehlo;
    private final Canned helo;

    public ServerProfile(ServerTerms terms) {
        this.terms = terms;
        this.greeting = plain(220, List.of(terms.hostname() + " ESMTP Postrider"));
        this.helo = plain(250, List.of(terms.hostname()));
        this.ehlo = plain(250, ehloLines(terms));
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

    Canned ehlo() {
        return ehlo;
    }

    /** RFC 5321 §4.1.1.1. What depends on the session (STARTTLS, AUTH) will make this a choice among a few. */
    private static List<String> ehloLines(ServerTerms terms) {
        List<String> lines = new ArrayList<>();
        lines.add(terms.hostname());
        lines.add("PIPELINING");
        lines.add("8BITMIME");
        lines.add("SMTPUTF8");
        lines.add("SIZE " + terms.maxMessageSize());
        lines.add("ENHANCEDSTATUSCODES");
        lines.add("CHUNKING");
        if (terms.reports()) {
            lines.add("DSN");
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
