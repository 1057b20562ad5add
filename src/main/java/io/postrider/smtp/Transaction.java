package io.postrider.smtp;

import io.postrider.mail.Outcome;

/** One MAIL with its RCPTs and DATA, and the command whose reply comes next. Its place only moves forward. */
final class Transaction {

    enum At {
        RSET,
        MAIL,
        RCPT,
        DATA,
        BODY,
        FINAL_DOT
    }

    final Delivery delivery;
    private final int[] recipients;
    private final boolean[] accepted;
    private int answered;
    private int acceptedCount;
    At at;
    /** MAIL was refused: the replies to the RCPTs and DATA that went with it mean nothing. */
    boolean refused;

    boolean mailTaken;
    boolean slowedDown;

    Transaction(Delivery delivery, int[] recipients, At at) {
        this.delivery = delivery;
        this.recipients = recipients;
        this.accepted = new boolean[recipients.length];
        this.at = at;
    }

    int size() {
        return recipients.length;
    }

    String address(int i) {
        return delivery.recipient(recipients[i]);
    }

    int answered() {
        return answered;
    }

    boolean allAnswered() {
        return answered == recipients.length;
    }

    boolean hasAccepted() {
        return acceptedCount > 0;
    }

    void ignoreRecipient() {
        answered++;
    }

    void acceptRecipient() {
        accepted[answered++] = true;
        acceptedCount++;
    }

    void settleRecipient(Outcome outcome) {
        delivery.settle(recipients[answered++], outcome);
    }

    /** This recipient belongs into the delivery's next transaction. */
    void postponeRecipient() {
        delivery.waitForNext(recipients[answered++]);
    }

    /** Those not named yet belong into the next transaction. */
    void postponeUnnamed() {
        while (!allAnswered()) {
            postponeRecipient();
        }
    }

    /** All recipients that no reply has settled and that are not postponed. */
    void settleOpen(Outcome outcome) {
        for (int i = 0; i < recipients.length; i++) {
            if (accepted[i] || i >= answered) {
                delivery.settle(recipients[i], outcome);
            }
        }
    }
}
