package io.postrider.smtp;

import io.postrider.mail.Reply;

/** How long a session bears a client that brings no mail. */
final class Patience {

    private final ServerTerms terms;
    private int errors;
    private boolean excused;
    private int idleCommands;

    Patience(ServerTerms terms) {
        this.terms = terms;
    }

    void accepted() {
        errors = 0;
        idleCommands = 0;
    }

    void acceptedRecipient() {
        errors = 0;
    }

    /** A transient refusal of MAIL is our trouble, and so is what a client had pipelined behind it. */
    void noteMail(Reply reply) {
        excused = reply.isTransient();
    }

    /** Whether this reply was one refusal too many. */
    boolean endsWith(Reply reply) {
        return reply.isPermanent() && !(excused && reply.code() == 503) && ++errors >= terms.maxErrors();
    }

    /** Whether there was one command too many that brings no mail. */
    boolean endsIdle() {
        return ++idleCommands >= terms.maxIdleCommands();
    }
}
