package io.postrider.smtp;

import io.postrider.bounce.ReplyMeaning;
import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;

/**
 * One MAIL with its RCPTs and DATA: writes the commands, in one go or in lock step, and takes the replies. Its place
 * only moves forward: RSET, MAIL, RCPT, DATA, BODY, FINAL_DOT.
 */
final class Transaction {

    /** What a reply leads to. */
    enum Effect {
        NOTHING,
        SEND_BODY,
        DONE,
        /** The server closes; what is open is still to be settled. */
        CLOSING,
        OUT_OF_PLACE,
        /** The server spoke its last word before the end of the body. */
        GIVEN_UP
    }

    private final Delivery delivery;
    private final int[] recipients;
    private final boolean[] accepted;
    private final Capabilities server;
    private final boolean lockStep;
    private final WireBuffer out;
    private Awaiting at;
    private int answered;
    private int acceptedCount;
    /** MAIL was refused: the replies to what went along with it mean nothing. */
    private boolean refused;

    private boolean mailTaken;
    private boolean dotSent;
    private boolean slowedDown;

    Transaction(Delivery delivery, int[] recipients, boolean resetFirst, Capabilities server, WireBuffer out) {
        this.delivery = delivery;
        this.recipients = recipients;
        this.server = server;
        this.out = out;
        accepted = new boolean[recipients.length];
        lockStep = !server.pipelining();
        at = resetFirst ? Awaiting.RSET : Awaiting.MAIL;
    }

    Delivery delivery() {
        return delivery;
    }

    Awaiting at() {
        return at;
    }

    boolean isUnanswered() {
        return (at == Awaiting.MAIL || at == Awaiting.RSET) && delivery.isUntouched();
    }

    /** The message is with the server, which has not said what it does with it. */
    boolean isBehindDot() {
        return at == Awaiting.FINAL_DOT && hasAccepted();
    }

    /** The server still believes in it: RSET before the next MAIL. */
    boolean leavesTransactionOpen() {
        return mailTaken && !dotSent;
    }

    /** True for the first such reply. */
    boolean asksToSlowDown(Reply reply) {
        boolean first = !slowedDown && ReplyMeaning.asksToSlowDown(reply);
        slowedDown |= first;
        return first;
    }

    void start() {
        if (at == Awaiting.RSET) {
            out.put("RSET\r\n");
        }
        if (lockStep && at == Awaiting.RSET) {
            return;
        }
        writeMail();
        if (!lockStep) {
            for (int i = 0; i < recipients.length; i++) {
                writeRecipient(i);
            }
            out.put("DATA\r\n");
        }
    }

    void bodySent() {
        at = Awaiting.FINAL_DOT;
        dotSent = true;
    }

    Effect on(Reply reply) {
        return switch (at) {
            case RSET -> afterReset(reply);
            case MAIL -> afterMail(reply);
            case RCPT -> afterRecipient(reply);
            case DATA -> afterData(reply);
            case BODY -> duringBody(reply);
            case FINAL_DOT -> afterFinalDot(reply);
            case NOTHING, GREETING, EHLO, HELO, STARTTLS, TLS, AUTH, QUIT ->
                throw new IllegalStateException("a transaction is never at " + at);
        };
    }

    private Effect afterReset(Reply reply) {
        if (!reply.isPositive()) {
            return reply.code() == 421 ? Effect.CLOSING : Effect.OUT_OF_PLACE;
        }
        at = Awaiting.MAIL;
        if (lockStep) {
            writeMail();
        }
        return Effect.NOTHING;
    }

    private Effect afterMail(Reply reply) {
        return switch (ReplyMeaning.of(ReplyMeaning.To.MAIL, reply)) {
            case GO_ON -> {
                mailTaken = true;
                at = Awaiting.RCPT;
                if (lockStep) {
                    writeRecipient(0);
                }
                yield Effect.NOTHING;
            }
            case DEFER, TOO_MANY -> mailRefused(new Outcome.Deferred(reply, false));
            case BOUNCE -> mailRefused(new Outcome.Bounced(reply));
            case CLOSING -> Effect.CLOSING;
            case OUT_OF_PLACE -> Effect.OUT_OF_PLACE;
        };
    }

    private Effect mailRefused(Outcome outcome) {
        settleAll(outcome);
        refused = true;
        at = Awaiting.RCPT;
        return lockStep ? Effect.DONE : Effect.NOTHING;
    }

    private Effect afterRecipient(Reply reply) {
        if (refused) {
            answered++;
            return reply.code() == 421 ? Effect.CLOSING : afterEachRecipient();
        }
        return switch (ReplyMeaning.of(ReplyMeaning.To.RCPT, reply)) {
            case GO_ON -> {
                accepted[answered++] = true;
                acceptedCount++;
                yield afterEachRecipient();
            }
            case DEFER -> settled(new Outcome.Deferred(reply, false));
            case BOUNCE -> settled(new Outcome.Bounced(reply));
            case TOO_MANY -> tooMany(reply);
            case CLOSING -> Effect.CLOSING;
            case OUT_OF_PLACE -> Effect.OUT_OF_PLACE;
        };
    }

    private Effect settled(Outcome outcome) {
        delivery.settle(recipients[answered++], outcome);
        return afterEachRecipient();
    }

    /** The rest belongs into the next transaction. Without an accepted one before it, that cannot be what is meant. */
    private Effect tooMany(Reply reply) {
        if (!hasAccepted()) {
            return settled(new Outcome.Deferred(reply, false));
        }
        int postponed = lockStep ? recipients.length : answered + 1;
        while (answered < postponed) {
            delivery.waitForNext(recipients[answered++]);
        }
        return afterEachRecipient();
    }

    private Effect afterEachRecipient() {
        if (answered < recipients.length) {
            if (lockStep) {
                writeRecipient(answered);
            }
            return Effect.NOTHING;
        }
        if (lockStep && !hasAccepted()) {
            return Effect.DONE;
        }
        at = Awaiting.DATA;
        if (lockStep) {
            out.put("DATA\r\n");
        }
        return Effect.NOTHING;
    }

    private Effect afterData(Reply reply) {
        if (!hasAccepted()) {
            return afterDataForNobody(reply);
        }
        return switch (ReplyMeaning.of(ReplyMeaning.To.DATA, reply)) {
            case GO_ON -> {
                at = Awaiting.BODY;
                yield Effect.SEND_BODY;
            }
            case DEFER, TOO_MANY -> {
                settleAll(new Outcome.Deferred(reply, false));
                yield Effect.DONE;
            }
            case BOUNCE -> {
                settleAll(new Outcome.Bounced(reply));
                yield Effect.DONE;
            }
            case CLOSING -> Effect.CLOSING;
            case OUT_OF_PLACE -> Effect.OUT_OF_PLACE;
        };
    }

    /** RFC 2920 §3.1: if DATA is taken although no RCPT was, "the client SHOULD send a single dot". */
    private Effect afterDataForNobody(Reply reply) {
        if (reply.code() == 421) {
            return Effect.CLOSING;
        }
        if (reply.code() == 354) {
            out.put(".\r\n");
            bodySent();
            return Effect.NOTHING;
        }
        return reply.isPositive() || reply.isIntermediate() ? Effect.OUT_OF_PLACE : Effect.DONE;
    }

    /** The server has seen enough before the end; its word counts, but the conversation is out of step. */
    private Effect duringBody(Reply reply) {
        if (reply.code() == 421) {
            return Effect.CLOSING;
        }
        boolean refusal = reply.isPermanent() && reply.code() != 503;
        settleOpen(refusal ? new Outcome.Bounced(reply) : new Outcome.Deferred(reply, false));
        return Effect.GIVEN_UP;
    }

    private Effect afterFinalDot(Reply reply) {
        return switch (ReplyMeaning.of(ReplyMeaning.To.FINAL_DOT, reply)) {
            case GO_ON -> {
                settleOpen(new Outcome.Delivered(reply, server.dsn()));
                yield Effect.DONE;
            }
            case DEFER, TOO_MANY -> {
                settleOpen(new Outcome.Deferred(reply, false));
                yield Effect.DONE;
            }
            case BOUNCE -> {
                settleAll(new Outcome.Bounced(reply));
                yield Effect.DONE;
            }
            case CLOSING -> Effect.CLOSING;
            case OUT_OF_PLACE -> Effect.OUT_OF_PLACE;
        };
    }

    private boolean hasAccepted() {
        return acceptedCount > 0;
    }

    /** All of this transaction that no reply has settled and that are not postponed. */
    void settleOpen(Outcome outcome) {
        for (int i = 0; i < recipients.length; i++) {
            if (accepted[i] || i >= answered) {
                delivery.settle(recipients[i], outcome);
            }
        }
    }

    /** Those that wait for a next transaction as well. */
    void settleAll(Outcome outcome) {
        settleOpen(outcome);
        delivery.settleWaiting(outcome);
    }

    private void writeMail() {
        Envelope envelope = delivery.envelope();
        out.put("MAIL FROM:<").put(delivery.address(envelope.sender())).put(">");
        if (server.size()) {
            out.put(" SIZE=").put(Long.toString(envelope.sizeBytes()));
        }
        if (envelope.eightBit()) {
            out.put(" BODY=8BITMIME");
        }
        if (delivery.withSmtpUtf8()) {
            out.put(" SMTPUTF8");
        }
        if (delivery.withRequireTls()) {
            out.put(" REQUIRETLS");
        }
        if (server.dsn() && !envelope.dsn().equals(Dsn.NONE)) {
            parameter(" RET=", envelope.dsn().ret());
            parameter(" ENVID=", envelope.dsn().envelopeId());
        }
        out.put("\r\n");
    }

    private void writeRecipient(int index) {
        out.put("RCPT TO:<").put(delivery.recipient(recipients[index])).put(">");
        Dsn dsn = delivery.envelope().dsn();
        if (server.dsn() && !dsn.equals(Dsn.NONE)) {
            Dsn.Wish wish = dsn.recipient(recipients[index]);
            parameter(" NOTIFY=", wish.passedOn());
            if (delivery.withSmtpUtf8() || isAscii(wish.originalRecipient())) {
                parameter(" ORCPT=", wish.originalRecipient());
            }
        }
        out.put("\r\n");
    }

    private void parameter(String name, String value) {
        if (!value.isEmpty()) {
            out.put(name).put(value);
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
