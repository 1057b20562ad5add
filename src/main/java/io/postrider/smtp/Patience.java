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

    /** A transient refusal is our trouble as well, and that no recipient is left for DATA. */
    void noteRecipient(Reply reply) {
        if (reply.isPositive()) {
            errors = 0;
        }
        excused |= reply.isTransient();
    }

    /** A transient refusal of MAIL is our trouble, and so is what a client had pipelined behind it. */
    void noteMail(Reply reply) {
        excused = reply.isTransient();
    }

    /** Whether this reply was one refusal too many. */
    boolean endsWith(Reply reply) {
        return reply.isPermanent() && !(excused && isConsequence(reply)) && ++errors >= terms.maxErrors();
    }

    private static boolean isConsequence(Reply reply) {
        return reply.code() == 503 || reply.equals(ServerReplies.NO_RECIPIENTS.reply());
    }

    /** Whether there was one command too many that brings no mail. */
    boolean endsIdle() {
        return ++idleCommands >= terms.maxIdleCommands();
    }
}
