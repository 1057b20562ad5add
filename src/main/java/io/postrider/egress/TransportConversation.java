package io.postrider.egress;

import io.postrider.egress.Transport.Order;
import io.postrider.mail.Reply;
import io.postrider.smtp.Awaiting;
import io.postrider.smtp.ClientSession;
import io.postrider.smtp.Envelope;
import io.postrider.smtp.Parsed;
import io.postrider.smtp.ReplyParser;
import io.postrider.smtp.Step;
import io.postrider.smtp.WireBuffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SubscriptionWithCancelException;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What goes on in one {@link TransportStage}: bytes and time for a {@link ClientSession}, jobs for it, and reports of what
 * came of them.
 */
final class TransportConversation extends TimerGraphStageLogic {

    /** How long outcomes may gather while more of the borrower's messages are under way. */
    private static final Duration OUTCOMES_GATHER = Duration.ofMillis(50);

    private static final String SERVER_CLOSED = "the server closed the connection";
    private static final String DEADLINE = "deadline";
    private static final String REPORT = "report";

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private final Transport transport;
    private final TransportStage.Parts parts;
    private final ClientSession session;
    private final ReplyParser parser = new ReplyParser();
    private final WireBuffer buffer;
    private final Jobs jobs = new Jobs();
    private final Told told;
    private final Cover cover;
    private final Deadline deadline = new Deadline();
    private final Bodies bodies = new Bodies(createAsyncCallback(this::onChunk)::invoke);
    private final AsyncCallback<Done> handshakes = createAsyncCallback(done -> onWorked());
    private final AsyncCallback<Cover.Judgement> judgements = createAsyncCallback(this::onJudged);

    private boolean starved;
    private boolean heard;
    private boolean greeted;
    private boolean tlsFailed;
    private boolean reportTimer;
    private boolean deadlineTimer;
    private Step.@Nullable Ended ended;
    private boolean closed;

    TransportConversation(FlowShape<ByteString, ByteString> shape, TransportStage.Parts parts) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        this.parts = parts;
        this.transport = parts.transport();
        this.session = new ClientSession(parts.options());
        this.buffer = session.output();
        this.told = new Told(transport, parts.pool());
        this.cover = new Cover(transport, parts.tls());
        transport.runsIn(createAsyncCallback(this::onOrder));
        setHandler(in, new AbstractInHandler() {
            @Override
            public void onPush() {
                received(grab(in));
                pullMore();
            }

            @Override
            public void onUpstreamFinish() {
                lost(SERVER_CLOSED);
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                lost(Broken.words(failure, transport, heard));
            }
        });
        setHandler(out, new AbstractOutHandler() {
            @Override
            public void onPull() {
                // The socket took the last write: a large body made progress.
                touch();
                afterwards();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                // A socket that fails cancels before it fails: the reason is here.
                boolean inOrder = cause instanceof SubscriptionWithCancelException.NonFailureCancellation;
                lost(inOrder ? SERVER_CLOSED : Broken.words(cause, transport, heard));
            }
        });
    }

    @Override
    public void preStart() {
        touch();
        pull(in);
    }

    /** A failure of our own must not swallow messages either. */
    @Override
    public void postStop() {
        session.lost("the connection was given up");
        steps();
        close();
    }

    private void pullMore() {
        if (!isClosed(in) && !hasBeenPulled(in) && cover.takesMore()) {
            pull(in);
        }
    }

    private void received(ByteString bytes) {
        heard = true;
        if (cover.isOn()) {
            onLifted(cover.lift(bytes));
        } else {
            said(bytes.asByteBuffer());
        }
    }

    /** What the server says, in plain text or out of its cover. */
    private void said(ByteBuffer from) {
        Optional<Parsed> parsed = parser.next(from);
        while (parsed.isPresent() && ended == null) {
            boolean covered = cover.isOn();
            session.on(parsed.get());
            steps();
            if (cover.isOn() != covered && from.hasRemaining()) {
                // Somebody on the way put words into the mouth of the server that we are about to trust.
                session.insecure("the server went on in plain text behind its reply to STARTTLS");
                steps();
                break;
            }
            parsed = parser.next(from);
        }
        touch();
        afterwards();
    }

    private void onWorked() {
        onLifted(cover.worked());
    }

    private void onLifted(byte[] plain) {
        switch (cover.state()) {
            case HANDSHAKING -> {
                touch();
                afterwards();
            }
            case OPEN -> uncovered(plain);
            case ENDED -> {
                uncovered(plain);
                lost(SERVER_CLOSED);
            }
            case FAILED -> {
                tlsFailed |= !greeted && !cover.wasOurFault();
                String what = greeted ? "TLS failed: " : "the TLS handshake failed: ";
                session.insecure(what + cover.failure());
                afterwards();
            }
        }
        pullMore();
    }

    private void uncovered(byte[] plain) {
        if (cover.isAccepted()) {
            said(ByteBuffer.wrap(plain));
        } else if (plain.length > 0) {
            session.insecure("the server spoke first after the TLS handshake");
            afterwards();
        } else if (cover.needsJudge()) {
            cover.judge(judgements::invoke);
            afterwards();
        } else {
            onJudged(Cover.Judgement.UNCERTAIN);
        }
    }

    private void onJudged(Cover.Judgement judgement) {
        Optional<String> problem = judgement.problem();
        if (problem.isPresent()) {
            parts.meters().handshakenOut("untrusted");
            session.insecure("the server is not whom it must be: " + problem.get());
        } else {
            parts.meters().handshakenOut("established");
            transport.secured(cover.accept());
            session.secured(judgement.doubt());
            touch();
        }
        afterwards();
    }

    private void lost(String how) {
        tlsFailed |= isSecuring();
        session.lost(how);
        afterwards();
    }

    private boolean isSecuring() {
        return session.awaiting() == Awaiting.STARTTLS || session.awaiting() == Awaiting.TLS;
    }

    private void onOrder(Order order) {
        switch (order) {
            case Order.Attach attach -> {
                told.lentTo(attach.borrower());
                session.setPermits(attach.permits());
            }
            case Order.Send send -> jobs.add(send.jobs());
            case Order.AddPermits add -> {
                starved = false;
                session.setPermits(session.permits() + add.permits());
            }
            case Order.Detach detach -> {
                told.givenBack();
                session.setPermits(0);
            }
            case Order.Quit quit -> {
                told.notTried(jobs.handBack());
                session.quit();
            }
            case Order.Abort abort -> session.lost(abort.why().text());
        }
        afterwards();
    }

    private void onChunk(Bodies.Chunk chunk) {
        if (!bodies.fetched(chunk) && ended == null) {
            session.lost("the body could not be read from the spool");
        }
        afterwards();
    }

    @Override
    public void onTimer(Object key) {
        if (key.equals(REPORT)) {
            reportTimer = false;
            report();
            return;
        }
        deadlineTimer = false;
        if (session.awaiting() != Awaiting.NOTHING && deadline.isOver()) {
            tlsFailed |= isSecuring();
            session.timedOut();
        }
        afterwards();
    }

    /** After whatever happened: take steps, feed the session, write, and report what is worth a message. */
    private void afterwards() {
        if (closed) {
            return;
        }
        steps();
        feed();
        flush();
        transport.messagesLeft(session.messagesLeft());
        if (ended != null) {
            close();
            completeStage();
            return;
        }
        armDeadline();
        boolean through = jobs.isEmpty() && !session.hasWork();
        boolean nowStarved = session.isStarved();
        boolean news = nowStarved && !starved;
        starved = nowStarved;
        if (news || told.isDue(through ? 1 : parts.outcomesPerReport())) {
            report();
        } else if (told.hasOutcomes() && !reportTimer) {
            reportTimer = true;
            scheduleOnce(REPORT, OUTCOMES_GATHER);
        }
    }

    private void feed() {
        while (!jobs.isEmpty() && ended == null && session.isReady() && !session.hasOffered()) {
            Job job = jobs.next();
            if (parts.clock().millis() >= job.expiresAt().toEpochMilli()) {
                told.notTried(List.of(job));
                continue;
            }
            jobs.started(job);
            session.offer(job.envelope());
            steps();
            touch();
        }
        if (!jobs.isEmpty() && session.awaiting() == Awaiting.QUIT) {
            told.notTried(jobs.handBack());
        }
    }

    private void steps() {
        Step step = session.nextStep();
        while (step != null) {
            switch (step) {
                case Step.Ready ready -> {
                    greeted = true;
                    cover.tellTrial(parts.meters());
                    transport.tooOpen(session.tooOpen());
                    parts.pool().tell(new ToPool.Opened(transport));
                }
                case Step.StartTls start -> cover.begin(() -> handshakes.invoke(Done.getInstance()));
                case Step.Refused refused -> {}
                case Step.SendBody send -> startBody(send.envelope());
                case Step.Settled settled -> settled(settled);
                case Step.NotTried back -> told.notTried(List.of(jobs.end(back.envelope())));
                case Step.SlowDown slow -> parts.pool().tell(new ToPool.SlowDown(transport, slow.reply()));
                case Step.Ended end -> ended = end;
            }
            step = session.nextStep();
        }
    }

    private void settled(Step.Settled settled) {
        bodies.endOf(jobs.end(settled.envelope()));
        told.settled(settled);
    }

    private void startBody(Envelope envelope) {
        bodies.start(jobs.underWay(envelope));
        writeBody();
    }

    /** The session goes on once the final dot is in the buffer. */
    private void writeBody() {
        if (bodies.write(buffer)) {
            session.bodySent();
        }
    }

    private void flush() {
        if (isClosed(out) || !isAvailable(out)) {
            return;
        }
        if (buffer.isEmpty() && bodies.isUnderWay()) {
            writeBody();
            steps();
        }
        if (cover.isOn()) {
            ByteString covered = cover.take(buffer, ended != null);
            if (!covered.isEmpty()) {
                push(out, covered);
                touch();
            }
        } else if (!buffer.isEmpty()) {
            WireBuffer.Taken bytes = buffer.take();
            push(out, ByteString.fromArrayUnsafe(bytes.bytes(), 0, bytes.length()));
            touch();
        }
    }

    private void touch() {
        deadline.in(session.awaiting().within(parts.options().timeouts()));
    }

    /** One timer at a time, and none while nothing is awaited: idle transports cost nothing. */
    private void armDeadline() {
        if (!deadlineTimer && session.awaiting() != Awaiting.NOTHING) {
            deadlineTimer = true;
            scheduleOnce(DEADLINE, deadline.untilLook());
        }
    }

    private void report() {
        told.report(session.transactions(), starved, ended != null);
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        told.notTried(jobs.handBack());
        transport.messagesLeft(0);
        report();
        told.tellTaken();
        Step.Ended end = ended;
        Reply why = end == null ? Reply.of(451, "4.4.2", "the connection was given up") : end.why();
        if (tlsFailed) {
            parts.meters().handshakenOut("failed");
        }
        boolean inOrder = end != null && end.inOrder();
        parts.pool().tell(new ToPool.Closed(transport, why, greeted, !inOrder, tlsFailed));
    }
}
