package io.postrider.smtp;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import io.postrider.mail.TlsWish;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One envelope on its way through one or more transactions, and what became of each recipient so far. */
final class Delivery {

    private final Envelope envelope;
    private final Outcome[] outcomes;
    private final ArrayDeque<Integer> waiting;
    private int open;
    private boolean withSmtpUtf8;
    private boolean withRequireTls;

    Delivery(Envelope envelope) {
        this.envelope = envelope;
        open = envelope.recipients().size();
        outcomes = new Outcome[open];
        waiting = new ArrayDeque<>(open + 1);
        for (int i = 0; i < open; i++) {
            waiting.add(i);
        }
    }

    Envelope envelope() {
        return envelope;
    }

    boolean withSmtpUtf8() {
        return withSmtpUtf8;
    }

    boolean withRequireTls() {
        return withRequireTls;
    }

    /**
     * Settles at once what this server can never take: too large, 8-bit for a 7-bit server, UTF-8 addresses, and what is
     * too secret for it.
     *
     * @param tooOpen why mail that requires TLS may not go there; empty when it may
     */
    void fit(Capabilities server, Optional<Reply> tooOpen) {
        if (envelope.isStrict() && tooOpen.isPresent()) {
            Reply why = tooOpen.get();
            settleOpen(why.isPermanent() ? new Outcome.Bounced(why) : new Outcome.Deferred(why, false));
            return;
        }
        withRequireTls = envelope.tls() == TlsWish.REQUIRED && tooOpen.isEmpty();
        if (server.largestMessage().isPresent()
                && envelope.sizeBytes() > server.largestMessage().getAsLong()) {
            String limit =
                    "the server takes messages up to " + server.largestMessage().getAsLong() + " bytes";
            settleOpen(new Outcome.Bounced(Reply.of(552, "5.3.4", limit)));
            return;
        }
        if (envelope.eightBit() && !server.eightBitMime()) {
            settleOpen(new Outcome.Bounced(Reply.of(554, "5.6.3", "the server does not take 8-bit messages")));
            return;
        }
        if (server.smtpUtf8()) {
            withSmtpUtf8 = envelope.smtpUtf8() || anyAddressNeedsUtf8();
            return;
        }
        // Where the client asked for SMTPUTF8, 8-bit octets may stand in the headers; no server may see those unasked.
        boolean headersMayBeUtf8 = envelope.smtpUtf8() && envelope.eightBit();
        Outcome unable = new Outcome.Bounced(Reply.of(553, "5.6.7", "the server does not offer SMTPUTF8"));
        if (headersMayBeUtf8 || localPartNeedsUtf8(envelope.sender())) {
            settleOpen(unable);
            return;
        }
        List<Mailbox> recipients = envelope.recipients();
        for (int i = 0; i < recipients.size(); i++) {
            if (localPartNeedsUtf8(recipients.get(i))) {
                settle(i, unable);
                waiting.remove(i);
            }
        }
    }

    /** As it is written to this server: where it does not offer SMTPUTF8, the domain as A-labels. */
    String address(Mailbox mailbox) {
        if (withSmtpUtf8 || !mailbox.needsSmtpUtf8() || mailbox.domain().isEmpty()) {
            return mailbox.address();
        }
        String local = mailbox.address().substring(0, mailbox.address().lastIndexOf('@'));
        return local + "@" + mailbox.domain().get().name();
    }

    String recipient(int index) {
        return address(envelope.recipients().get(index));
    }

    /** Takes up to {@code most} of the recipients that no transaction has named yet. */
    int[] takeWaiting(int most) {
        int[] taken = new int[Math.min(most, waiting.size())];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = waiting.remove();
        }
        return taken;
    }

    void waitForNext(int index) {
        waiting.add(index);
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    boolean isUntouched() {
        return open == outcomes.length;
    }

    boolean isSettled() {
        return open == 0;
    }

    void settle(int index, Outcome outcome) {
        if (outcomes[index] == null) {
            outcomes[index] = outcome;
            open--;
        }
    }

    void settleWaiting(Outcome outcome) {
        while (!waiting.isEmpty()) {
            settle(waiting.remove(), outcome);
        }
    }

    private void settleOpen(Outcome outcome) {
        waiting.clear();
        for (int i = 0; i < outcomes.length; i++) {
            settle(i, outcome);
        }
    }

    /** In the order of the envelope's recipients; call it when {@link #isSettled}. */
    List<Outcome> outcomes() {
        return outcomes.length == 1 ? List.of(outcomes[0]) : new ArrayList<>(Arrays.asList(outcomes));
    }

    private boolean anyAddressNeedsUtf8() {
        if (envelope.sender().needsSmtpUtf8()) {
            return true;
        }
        for (Mailbox recipient : envelope.recipients()) {
            if (recipient.needsSmtpUtf8()) {
                return true;
            }
        }
        return false;
    }

    private static boolean localPartNeedsUtf8(Mailbox mailbox) {
        String address = mailbox.address();
        for (int i = 0; i < address.lastIndexOf('@'); i++) {
            if (address.charAt(i) > '~') {
                return true;
            }
        }
        return false;
    }
}
