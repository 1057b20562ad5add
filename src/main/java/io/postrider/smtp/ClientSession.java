package io.postrider.smtp;

import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of one SMTP conversation, without I/O: feed it replies and envelopes, write what {@link #output}
 * gathers, obey the steps. Each envelope that was offered ends in exactly one {@link Step.Settled} or
 * {@link Step.NotTried}. Where the server offers PIPELINING, a transaction is one write up to the body, and with
 * {@link ClientOptions#pipelineNext} the next one leaves together with the final dot:
 *
 * <pre>
 * S: 220 mx.example.net
 * C: EHLO relay.example.com
 * S: 250-mx.example.net, 250 PIPELINING                  Ready, or StartTls first
 * C: MAIL, RCPT, RCPT, DATA
 * S: 250, 250, 550, 354                                  SendBody
 * C: (body) . MAIL, RCPT, DATA
 * S: 250, 250, 250, 354                                  Settled, SendBody
 * </pre>
 *
 * <p>Not safe for more than one thread.
 */
public final class ClientSession {

    private enum Phase {
        HANDSHAKE,
        READY,
        QUIT,
        ENDED
    }

    /** RFC 9422 lets servers name their own limit; nobody takes more of us at once. */
    private static final int MOST_RECIPIENTS = 1000;

    private static final Reply NOT_ENCRYPTED = Reply.of(550, "5.7.10", "encryption needed, but there is none");
    private static final Reply NO_REQUIRETLS = Reply.of(550, "5.7.30", "REQUIRETLS support required");
    private static final Reply GOODBYE = Reply.of(221, "2.0.0", "closed in order");

    private final ClientOptions options;
    private final WireBuffer out = new WireBuffer();
    private final ArrayDeque<Step> steps = new ArrayDeque<>();
    private final ArrayDeque<Envelope> offered = new ArrayDeque<>();
    private final ArrayDeque<Transaction> inFlight = new ArrayDeque<>(2);
    private @Nullable Delivery rest;
    private final Handshake handshake;
    private Phase phase = Phase.HANDSHAKE;
    private Capabilities server = Capabilities.NONE;
    private Optional<Reply> tooOpen = Optional.of(NOT_ENCRYPTED);
    private int mostMessages;
    private int messages;
    private long transactions;
    private int finished;
    private int permits;
    private boolean resetFirst;
    private boolean leaving;

    public ClientSession(ClientOptions options) {
        this.options = options;
        this.handshake = new Handshake(options, out);
        this.mostMessages = options.mostMessages();
    }

    /** Bytes to write; take them after every call. */
    public WireBuffer output() {
        return out;
    }

    /** The next step, or null when there is none for now. */
    public @Nullable Step nextStep() {
        return steps.poll();
    }

    public Awaiting awaiting() {
        return switch (phase) {
            case HANDSHAKE -> handshake.at();
            case QUIT -> Awaiting.QUIT;
            case ENDED -> Awaiting.NOTHING;
            case READY -> {
                Transaction head = inFlight.peek();
                yield head == null ? Awaiting.NOTHING : head.at();
            }
        };
    }

    /** Envelopes that are neither settled nor handed back. */
    public boolean hasWork() {
        return !inFlight.isEmpty() || rest != null || !offered.isEmpty();
    }

    /** Work waits for a permit alone. */
    public boolean isStarved() {
        return permits == 0 && phase == Phase.READY && inFlight.isEmpty() && hasWork();
    }

    /** An envelope that was offered waits for its turn. */
    public boolean hasOffered() {
        return !offered.isEmpty();
    }

    public boolean isReady() {
        return phase == Phase.READY;
    }

    public int permits() {
        return permits;
    }

    /** Transactions started since the beginning, each of which took a permit. */
    public long transactions() {
        return transactions;
    }

    /** Messages that may still be started on this connection. */
    public int messagesLeft() {
        return leaving ? 0 : Math.max(0, mostMessages - messages);
    }

    /** Transactions that may start from now on; {@code Integer.MAX_VALUE} for any number. */
    public void setPermits(int permits) {
        this.permits = permits;
        pump();
    }

    public void offer(Envelope envelope) {
        if (phase == Phase.QUIT || phase == Phase.ENDED || leaving) {
            steps.add(new Step.NotTried(envelope));
            return;
        }
        offered.add(envelope);
        pump();
    }

    /** The body that was asked for and its final dot are in {@link #output}. */
    public void bodySent() {
        Transaction head = inFlight.peek();
        if (head != null && head.at() == Awaiting.BODY) {
            head.bodySent();
            pump();
        }
    }

    /** Hand back what is not started, finish what is under way, then QUIT. */
    public void quit() {
        leaving = true;
        handBackOffered();
        pump();
    }

    public void on(Parsed parsed) {
        switch (parsed) {
            case Parsed.Complete complete -> onReply(complete.reply());
            case Parsed.Malformed malformed -> outOfPlace(malformed.why());
        }
        pump();
    }

    /** The link is gone. Harmless after the end. */
    public void lost(String how) {
        String text = awaiting() == Awaiting.NOTHING
                ? how
                : how + " while waiting for " + awaiting().words();
        breakOff(Reply.of(451, "4.4.2", text), true);
    }

    /**
     * The handshake is over; what the server said in plain text is forgotten (RFC 3207 §4.2).
     *
     * @param doubt why this may be somebody else; empty: its name is certain and its certificate proves it (RFC 8689 §2)
     */
    public void secured(Optional<Reply> doubt) {
        if (phase == Phase.HANDSHAKE) {
            tooOpen = doubt;
            handshake.secured();
        }
    }

    /** Once ready: why mail that requires TLS may not go over this connection; empty when it may. */
    public Optional<Reply> tooOpen() {
        return tooOpen.isEmpty() && !server.requireTls() ? Optional.of(NO_REQUIRETLS) : tooOpen;
    }

    /** There is no encryption to be had, or not with the one we want. */
    public void insecure(String why) {
        breakOff(Reply.of(451, "4.7.5", why), false);
    }

    public void timedOut() {
        String text =
                "no answer within " + awaiting().within(options.timeouts()).toSeconds() + " s while waiting for "
                        + awaiting().words();
        breakOff(Reply.of(451, "4.4.2", text), false);
    }

    private void onReply(Reply reply) {
        switch (phase) {
            case HANDSHAKE -> {
                switch (handshake.on(reply)) {
                    case GOES_ON -> {}
                    case START_TLS -> steps.add(new Step.StartTls());
                    case DONE -> ready(handshake.server());
                    case REFUSED -> refused(handshake.refusal(reply));
                }
            }
            case READY -> {
                Transaction head = inFlight.peek();
                if (head == null) {
                    end(reply, reply.code() == 421);
                } else {
                    onTransaction(head, reply);
                }
            }
            case QUIT -> end(GOODBYE, true);
            case ENDED -> {}
        }
    }

    private void ready(Capabilities capabilities) {
        server = capabilities;
        mostMessages = Math.min(mostMessages, capabilities.mostTransactions().orElse(mostMessages));
        phase = Phase.READY;
        steps.add(new Step.Ready(capabilities));
    }

    private void refused(Reply reply) {
        if (reply.isIntermediate()) {
            outOfPlace("reply " + reply.code());
            return;
        }
        if (reply.code() != 421) {
            out.put("QUIT\r\n");
        }
        steps.add(new Step.Refused(reply));
        end(reply, false);
    }

    private void onTransaction(Transaction head, Reply reply) {
        if (head.asksToSlowDown(reply)) {
            steps.add(new Step.SlowDown(reply));
        }
        switch (head.on(reply)) {
            case NOTHING -> {}
            case SEND_BODY -> steps.add(new Step.SendBody(head.delivery().envelope()));
            case DONE -> finish(head);
            case CLOSING -> closing(head, reply);
            case OUT_OF_PLACE -> outOfPlace("reply " + reply.code());
            case GIVEN_UP -> end(reply, false);
        }
    }

    private void finish(Transaction head) {
        inFlight.remove();
        finished++;
        resetFirst |= head.leavesTransactionOpen();
        settledIfDone(head.delivery());
    }

    private void settledIfDone(Delivery delivery) {
        if (delivery.isSettled()) {
            steps.add(new Step.Settled(delivery.envelope(), delivery.outcomes()));
            if (rest == delivery) {
                rest = null;
            }
        } else if (delivery.hasWaiting()) {
            rest = delivery;
        }
    }

    /** Starts what can start. */
    private void pump() {
        while (canStart()) {
            Delivery delivery = rest;
            rest = null;
            if (delivery == null) {
                delivery = new Delivery(offered.remove());
                delivery.fit(server, tooOpen());
                if (delivery.isSettled()) {
                    steps.add(new Step.Settled(delivery.envelope(), delivery.outcomes()));
                    continue;
                }
                messages++;
            }
            begin(delivery);
        }
        boolean through = messagesLeft() == 0;
        if (phase == Phase.READY && through && inFlight.isEmpty() && rest == null) {
            handBackOffered();
            out.put("QUIT\r\n");
            phase = Phase.QUIT;
        }
    }

    private boolean canStart() {
        if (phase != Phase.READY || permits == 0) {
            return false;
        }
        Transaction head = inFlight.peek();
        if (head != null) {
            boolean dotSent = head.isBehindDot();
            if (!dotSent || inFlight.size() > 1 || !options.pipelineNext() || !server.pipelining()) {
                return false;
            }
            if (rest == null && head.delivery().hasWaiting()) {
                rest = head.delivery();
            }
        }
        return rest != null || (!offered.isEmpty() && messagesLeft() > 0);
    }

    private void begin(Delivery delivery) {
        if (permits != Integer.MAX_VALUE) {
            permits--;
        }
        transactions++;
        int most = Math.min(MOST_RECIPIENTS, server.mostRecipients().orElse(MOST_RECIPIENTS));
        Transaction transaction = new Transaction(delivery, delivery.takeWaiting(most), resetFirst, server, out);
        resetFirst = false;
        inFlight.add(transaction);
        transaction.start();
    }

    private void outOfPlace(String what) {
        Awaiting here = awaiting();
        String text = here == Awaiting.NOTHING ? what : what + " while waiting for " + here.words();
        breakOff(Reply.of(451, "4.5.0", "out of place: " + text), false);
    }

    /** 421: what has no answer is deferred with its words, and the server closes. */
    private void closing(Transaction head, Reply reply) {
        if (head.isUnanswered() && isReused(head)) {
            end(reply, false);
            return;
        }
        head.settleAll(new Outcome.Deferred(reply, false));
        end(reply, false);
    }

    private void breakOff(Reply why, boolean closedByServer) {
        switch (phase) {
            case HANDSHAKE -> {
                steps.add(new Step.Refused(why));
                end(why, false);
            }
            case READY -> {
                boolean idle = inFlight.isEmpty() && closedByServer;
                Transaction head = inFlight.peek();
                if (head != null && !(closedByServer && head.isUnanswered() && isReused(head))) {
                    // RFC 1047: what lies between the dot and its answer may have arrived.
                    head.settleOpen(new Outcome.Deferred(why, head.isBehindDot()));
                    head.delivery().settleWaiting(new Outcome.Deferred(why, false));
                }
                end(why, idle);
            }
            case QUIT -> end(GOODBYE, true);
            case ENDED -> {}
        }
    }

    private boolean isReused(Transaction transaction) {
        return finished > 0 || transaction != inFlight.peek();
    }

    /** Settles or hands back whatever is left; nothing follows. */
    private void end(Reply why, boolean inOrder) {
        phase = Phase.ENDED;
        for (Transaction transaction : inFlight) {
            Delivery delivery = transaction.delivery();
            if (transaction.isUnanswered()) {
                steps.add(new Step.NotTried(delivery.envelope()));
                continue;
            }
            transaction.settleOpen(new Outcome.Deferred(why, false));
            delivery.settleWaiting(new Outcome.Deferred(why, false));
            if (rest == delivery) {
                rest = null;
            }
            boolean last =
                    transaction == inFlight.peekLast() || inFlight.getLast().delivery() != delivery;
            if (last) {
                steps.add(new Step.Settled(delivery.envelope(), delivery.outcomes()));
            }
        }
        inFlight.clear();
        if (rest != null) {
            rest.settleWaiting(new Outcome.Deferred(why, false));
            steps.add(new Step.Settled(rest.envelope(), rest.outcomes()));
            rest = null;
        }
        handBackOffered();
        steps.add(new Step.Ended(why, inOrder));
    }

    private void handBackOffered() {
        while (!offered.isEmpty()) {
            steps.add(new Step.NotTried(offered.remove()));
        }
    }
}
