package io.postrider.ingress;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.smtp.ReceivedMessage;
import io.postrider.smtp.ServerSession;
import io.postrider.smtp.ServerSession.Step;
import io.postrider.smtp.SessionHost;
import java.net.InetAddress;
import java.time.Duration;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * One SMTP connection as one stage: moves bytes and time for a {@link ServerSession}. Reads nothing while replies wait
 * to be taken or a verdict is awaited, so a client that does not listen, and one that we cannot serve, are held back by
 * TCP.
 *
 * <p>After its last reply it goes on reading for a moment, and discards: closing a socket with unread input makes the
 * kernel reset the connection, and the client would never see the reply.
 */
final class SmtpConnection extends GraphStage<FlowShape<ByteString, ByteString>> {

    /** What the listener tells its connections. */
    enum Signal {
        DRAIN,
        CUT
    }

    private static final String DEADLINE = "deadline";
    private static final String LINGER = "linger";
    private static final String VERDICT = "verdict";
    static final Duration LINGER_TIME = Duration.ofSeconds(1);
    private static final Verdict FAILED =
            new Verdict.Refused(Verdict.Why.FAILED, "The message could not be stored, try again later");
    private static final Reply LATE =
            Reply.of(451, "4.3.0", "The message could not be stored in time, try again later");

    /** What intake says of the message with this number in its session. */
    private record Judged(int of, int recipients, Verdict verdict) {}

    private final Inlet<ByteString> in = Inlet.create("Smtp.in");
    private final Outlet<ByteString> out = Outlet.create("Smtp.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);

    private final SmtpListener listener;
    private final InetAddress client;

    SmtpConnection(SmtpListener listener, InetAddress client) {
        this.listener = listener;
        this.client = client;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic implements SessionHost {

        private final SmtpService service = listener.service();
        private final ListenerSettings settings = listener.settings();
        private final String id = service.sessionIds().next();
        private final ServerSession session = new ServerSession(listener.profile(), this, settings.mayRelay(client));
        private final AsyncCallback<Judged> verdicts = createAsyncCallback(this::onVerdict);
        private final AsyncCallback<Signal> signals = createAsyncCallback(this::onSignal);
        private final long commandNanos = settings.commandTimeout().toNanos();
        private final long transactionNanos = settings.transactionTimeout().toNanos();

        private byte[] replies = {};
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
            super(shape);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    onInput(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    inputEnded = true;
                    if (!judging) {
                        finish();
                    }
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    send();
                    readOn();
                }
            });
        }

        @Override
        public void preStart() {
            listener.opened(this, signals);
            progressAt = service.ticker().getAsLong();
            session.greet();
            collect();
            scheduleOnce(DEADLINE, settings.commandTimeout());
            readOn();
        }

        @Override
        public void postStop() {
            session.abandon();
            listener.closed(this, client);
        }

        private void onInput(ByteString bytes) {
            if (closing) {
                readOn();
                return;
            }
            obey(session.receive(bytes.toArrayUnsafe()));
        }

        private void obey(Step step) {
            collect();
            switch (step) {
                case Step.ReadOn readOn -> {
                    noteProgress();
                    if (inputEnded) {
                        finish();
                    } else {
                        readOn();
                    }
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
            Submission submission = Submission.overSmtp(settings, id, client, message);
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
                case CUT -> completeStage();
            }
        }

        // ---- bytes

        private void collect() {
            byte[] more = session.takeReplies();
            if (more.length > 0) {
                replies = replies.length == 0 ? more : joined(replies, more);
            }
            send();
        }

        private void send() {
            if (replies.length > 0 && isAvailable(out)) {
                push(out, ByteString.fromArrayUnsafe(replies));
                replies = new byte[0];
                if (closing) {
                    endOutput();
                }
            }
        }

        private void readOn() {
            boolean held = judging || (replies.length > 0 && !closing);
            if (!held && !isClosed(in) && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        /** No more replies than those that wait. */
        private void finish() {
            if (closing) {
                return;
            }
            closing = true;
            cancelTimer(DEADLINE);
            if (replies.length == 0) {
                endOutput();
            } else {
                scheduleOnce(LINGER, settings.commandTimeout());
            }
            readOn();
        }

        private void endOutput() {
            complete(out);
            scheduleOnce(LINGER, LINGER_TIME);
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
            if (LINGER.equals(key)) {
                completeStage();
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
                            client.getHostAddress(),
                            sender,
                            recipient,
                            reply));
        }
    }
}
