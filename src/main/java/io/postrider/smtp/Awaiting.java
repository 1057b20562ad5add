package io.postrider.smtp;

import java.time.Duration;

/** What a client waits for, how it is called in our own replies, and how long it may take. */
public enum Awaiting {
    NOTHING("nothing"),
    GREETING("the greeting"),
    EHLO("the reply to EHLO"),
    HELO("the reply to HELO"),
    STARTTLS("the reply to STARTTLS"),
    TLS("the TLS handshake"),
    AUTH("the reply to AUTH"),
    RSET("the reply to RSET"),
    MAIL("the reply to MAIL"),
    RCPT("the reply to RCPT"),
    DATA("the reply to DATA"),
    BODY("the body to be taken"),
    FINAL_DOT("the reply to the message"),
    QUIT("the reply to QUIT");

    private final String words;

    Awaiting(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    /** RFC 5321 §4.5.3.2. */
    public Duration within(ClientTimeouts timeouts) {
        return switch (this) {
            case GREETING -> timeouts.greeting();
            case EHLO, HELO, STARTTLS, AUTH -> timeouts.ehlo();
            case TLS -> timeouts.tls();
            case RSET -> timeouts.rset();
            case MAIL -> timeouts.mail();
            case RCPT -> timeouts.rcpt();
            case DATA -> timeouts.data();
            case BODY -> timeouts.dataBlock();
            case FINAL_DOT -> timeouts.finalDot();
            case QUIT -> timeouts.quit();
            case NOTHING -> Duration.ZERO;
        };
    }
}
