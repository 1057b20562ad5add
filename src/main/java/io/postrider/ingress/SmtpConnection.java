package io.postrider.ingress;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.net.Link;
import io.postrider.smtp.ReceivedMessage;
import io.postrider.smtp.ServerSession;
import io.postrider.smtp.ServerSession.Step;
import io.postrider.smtp.SessionHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.ClosedShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * One SMTP connection as a stream of one stage, which holds the connection's {@link Link} itself (decision 0012): moves
 * bytes and time for a {@link ServerSession}. Takes in nothing while replies wait to be sent or a verdict is awaited, so a
 * client that does not listen, and one that we cannot serve, are held back by TCP.
 */
final class SmtpConnection extends GraphStage<ClosedShape> {

    /** What the listener tells its connections. */
    enum Signal {
        DRAIN,
        CUT
    }

    private static final String DEADLINE = "deadline";
    private static final String LAST_REPLIES = "last-replies";
    private static final String VERDICT = "verdict";
    private static final Verdict FAILED =
            new Verdict.Refused(Verdict.Why.FAILED, "The message could not be stored, try again later");
    private static final Reply LATE =
            Reply.of(451, "4.3.0", "The message could not be stored in time, try again later");

    /** What intake says of the message with this number in its session. */
    private record Judged(int of, int recipients, Verdict verdict) {}

    private final SmtpListener listener;
    private final Link link;

    SmtpConnection(SmtpListener listener, Link link) {
        this.listener = listener;
        this.link = link;
    }

    @Override
    public ClosedShape shape() {
        return ClosedShape.getInstance();
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic implements SessionHost {

        private final SmtpService service = listener.service();
        private final ListenerSettings settings = listener.settings();
        private final String id = service.sessionIds().next();
        private final ServerSession session =
                new ServerSession(listener.profile(), this, settings.mayRelay(link.address()));
        private final AsyncCallback<Judged> verdicts = createAsyncCallback(this::onVerdict);
        private final AsyncCallback<Signal> signals = createAsyncCallback(this::onSignal);
        private final long commandNanos = settings.commandTimeout().toNanos();
        private final long transactionNanos = settings.transactionTimeout().toNanos();

        private final AsyncCallback<Link.Event> events = createAsyncCallback(this::onEvent);
        private final ArrayDeque<byte[]> arrived = new ArrayDeque<>(2);

        private byte[] replies = {};
        private boolean sending;
        private boolean working;
        private boolean judging;
        private boolean inputEnded;
        private boolean closing;
        private long commands;
        private int transactions;
        private int judged;
        private long judgedAt;
        private long progressAt;
        private long transactionAt;

        Logic() {
            super(ClosedShape.getInstance());
            link.start(events::invoke);
        }

        @Override
        public void preStart() {
            // No port keeps this stage going.
            setKeepGoing(true);
            listener.opened(this, signals);
            progressAt = service.ticker().getAsLong();
            scheduleOnce(DEADLINE, settings.commandTimeout());
            session.greet();
            collect();
        }

        @Override
        public void postStop() {
            session.abandon();
            if (!closing || sending) {
                link.abort();
            }
            listener.closed(this, link.address());
        }

        private void onEvent(Link.Event event) {
            switch (event) {
                case Link.Event.Received received -> {
                    arrived.add(received.bytes());
                    work();
                }
                case Link.Event.Sent sent -> {
                    sending = false;
                    collect();
                    work();
                }
                case Link.Event.Ended ended -> {
                    inputEnded = true;
                    work();
                }
                case Link.Event.Broken broken -> cut();
            }
        }

        /** Takes in what has arrived, for as long as nothing holds it back. */
        private void work() {
            if (working) {
                return;
            }
            working = true;
            while (!isHeld() && !arrived.isEmpty()) {
                byte[] bytes = arrived.remove();
                link.consumed(bytes.length);
                obey(session.receive(bytes));
            }
            working = false;
            if (inputEnded && arrived.isEmpty() && !isHeld()) {
                finish();
            }
        }

        private boolean isHeld() {
            return judging || sending || closing;
        }

        private void obey(Step step) {
            collect();
            switch (step) {
                case Step.ReadOn readOn -> {
                    noteProgress();
                    work();
                }
                case Step.Judge judge -> judge(judge.message());
                case Step.Close close -> finish();
            }
        }

        private void judge(ReceivedMessage message) {
            judging = true;
            judgedAt = service.ticker().getAsLong();
            int number = ++judged;
            int recipients = message.recipients().size();
            if (!isTimerActive(VERDICT)) {
                scheduleOnce(VERDICT, settings.verdictTimeout());
            }
            Submission submission = Submission.overSmtp(settings, id, link.address(), message);
            service.intake()
                    .accept(submission)
                    .whenComplete((verdict, failure) ->
                            verdicts.invoke(new Judged(number, recipients, failure == null ? verdict : FAILED)));
        }

        private void onVerdict(Judged message) {
            long now = service.ticker().getAsLong();
            if (message.verdict() instanceof Verdict.Accepted) {
                service.meters().accepted(message.recipients(), now - judgedAt);
            }
            if (judging && message.of() == judged) {
                settled(SmtpVerdicts.reply(message.verdict()), now);
            }
        }

        /**
         * The storage has not answered in time. Nobody can call the message back: it may still be taken, and then the
         * client, told to try again, makes two of it. That is the lesser evil beside a client that waits for ever.
         */
        private void lookAtVerdict() {
            if (!judging) {
                return;
            }
            long now = service.ticker().getAsLong();
            long left = judgedAt + settings.verdictTimeout().toNanos() - now;
            if (left > 0) {
                scheduleOnce(VERDICT, Duration.ofNanos(left));
            } else {
                settled(LATE, now);
            }
        }

        private void settled(Reply verdict, long now) {
            judging = false;
            progressAt = now;
            obey(session.settled(verdict));
        }

        private void onSignal(Signal signal) {
            switch (signal) {
                case DRAIN -> {
                    session.drain();
                    if (session.isClosed()) {
                        obey(new Step.Close());
                    }
                }
                case CUT -> cut();
            }
        }

        // ---- bytes

        private void collect() {
            byte[] more = session.takeReplies();
            if (more.length > 0) {
                replies = replies.length == 0 ? more : joined(replies, more);
            }
            if (sending || replies.length == 0) {
                endWhenSaid();
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(replies);
            replies = new byte[0];
            try {
                sending = !link.send(bytes);
                endWhenSaid();
            } catch (IOException gone) {
                cut();
            }
        }

        private void cut() {
            closing = true;
            link.abort();
            completeStage();
        }

        /** No more replies than those that wait. */
        private void finish() {
            if (!closing) {
                closing = true;
                cancelTimer(DEADLINE);
                if (sending) {
                    scheduleOnce(LAST_REPLIES, settings.commandTimeout());
                } else {
                    endWhenSaid();
                }
            }
        }

        private void endWhenSaid() {
            if (closing && !sending) {
                link.finish();
                completeStage();
            }
        }

        private static byte[] joined(byte[] first, byte[] second) {
            byte[] both = new byte[first.length + second.length];
            System.arraycopy(first, 0, both, 0, first.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
        }

        // ---- time

        /** A command must be whole within its time; of a message, each piece counts, but all of it has an end. */
        private void noteProgress() {
            if (session.commands() != commands || session.isReceivingMessage()) {
                commands = session.commands();
                progressAt = service.ticker().getAsLong();
                if (session.transactions() != transactions) {
                    transactions = session.transactions();
                    transactionAt = progressAt;
                }
            }
        }

        @Override
        public void onTimer(Object key) {
            if (LAST_REPLIES.equals(key)) {
                cut();
                return;
            }
            if (VERDICT.equals(key)) {
                lookAtVerdict();
                return;
            }
            if (judging) {
                scheduleOnce(DEADLINE, settings.commandTimeout());
                return;
            }
            long now = service.ticker().getAsLong();
            long left = progressAt + commandNanos - now;
            if (session.isInTransaction()) {
                left = Math.min(left, transactionAt + transactionNanos - now);
            }
            if (left <= 0) {
                obey(session.timedOut());
            } else {
                scheduleOnce(DEADLINE, Duration.ofNanos(left));
            }
        }

        // ---- what the session asks

        @Override
        public boolean isCongested() {
            return service.handOver().isCongested();
        }

        @Override
        public boolean take(long bytes) {
            return service.budget().take(bytes);
        }

        @Override
        public void giveBack(long bytes) {
            service.budget().giveBack(bytes);
        }

        @Override
        public void rejected(Mailbox sender, String recipient, Reply reply) {
            service.meters().rejected(1);
            service.rejectedLog()
                    .rejected(new RejectedLog.Rejection(
                            service.clock().instant(),
                            settings.name(),
                            id,
                            link.address().getHostAddress(),
                            sender,
                            recipient,
                            reply));
        }
    }
}
