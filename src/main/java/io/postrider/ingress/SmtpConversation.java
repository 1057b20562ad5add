package io.postrider.ingress;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Reply;
import io.postrider.net.Link;
import io.postrider.smtp.AuthVerdict;
import io.postrider.smtp.ServerSession;
import io.postrider.smtp.ServerStep;
import io.postrider.smtp.Xclient;
import io.postrider.tls.TlsEngine;
import io.postrider.tls.Veil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.ClosedShape;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * What goes on in one {@link SmtpConnection}: bytes and time for a {@link ServerSession}, and the answers that it waits for.
 */
final class SmtpConversation extends TimerGraphStageLogic implements Errands.Stage {

    private static final String DEADLINE = "deadline";
    private static final String HANDSHAKE = "handshake";
    private static final String LAST_REPLIES = "last-replies";
    private static final byte[] NOTHING = {};
    private static final String NO_SUCH_USER = "554 5.7.1 Access denied: there is no such user\r\n";
    private static final String PROXY = "proxy";

    private final SmtpListener listener;
    private final Link link;
    private final SmtpService service;
    private final ListenerSettings settings;
    private final String id;
    private final AsyncCallback<SmtpConnection.Signal> signals = createAsyncCallback(this::onSignal);
    private final AsyncCallback<Done> handshakes = createAsyncCallback(done -> onWorked());
    private final AsyncCallback<Link.Event> events = createAsyncCallback(this::onEvent);
    private final Progress progress;
    private final ConnectionHost host;
    private final Errands errands;
    private final Outgoing out;
    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>(2);

    private ServerSession session;
    private Optional<Encryption> encryption = Optional.empty();
    /** Whom the connection counts for, once that is known. */
    private Optional<InetAddress> counted = Optional.empty();

    private @Nullable ProxyHeader proxy;
    private @Nullable Veil veil;
    private boolean securing;
    private boolean handshaking;
    private boolean working;
    private boolean inputEnded;
    private boolean closing;

    SmtpConversation(SmtpListener listener, Link link) {
        super(ClosedShape.getInstance());
        this.listener = listener;
        this.link = link;
        this.service = listener.service();
        this.settings = listener.settings();
        this.id = service.sessionIds().next();
        this.progress = new Progress(settings, service.ticker());
        this.host = new ConnectionHost(listener, id, link.address());
        this.errands = new Errands(listener, id, host, this);
        this.out = new Outgoing(link);
        this.session = session(host.guest(encryption));
        link.start(events::invoke);
    }

    @Override
    public void preStart() {
        // No port keeps this stage going.
        setKeepGoing(true);
        listener.opened(this, signals);
        progress.begin();
        scheduleOnce(DEADLINE, settings.commandTimeout());
        if (settings.fronts().isProxy(link.address())) {
            proxy = new ProxyHeader();
            scheduleOnce(PROXY, settings.fronts().proxyTimeout());
        } else {
            counted = Optional.of(host.client());
            begin();
        }
    }

    private void begin() {
        if (settings.implicitTls()) {
            shakeHands();
        } else {
            session.greet();
            collect();
        }
    }

    // ---- who stands before us

    /** @return what is for the session, and not for us */
    private byte[] introduced(ProxyHeader header, byte[] bytes) {
        switch (header.receive(bytes)) {
            case MORE -> {}
            case WRONG -> {
                service.meters().inboundRefused();
                cut();
            }
            case READ -> {
                proxy = null;
                cancelTimer(PROXY);
                host.standFor(header.client().orElse(link.address()));
                Optional<String> objection = listener.objectionBehindFront(host.client());
                if (objection.isPresent()) {
                    out.add(objection.get().getBytes(StandardCharsets.US_ASCII));
                    collect();
                    finish();
                } else {
                    counted = Optional.of(host.client());
                    session = session(host.guest(encryption));
                    List<byte[]> behind = List.copyOf(arrived);
                    arrived.clear();
                    begin();
                    arrived.addAll(behind);
                    return header.rest();
                }
            }
        }
        return NOTHING;
    }

    /** XCLIENT: as if the other one had connected just now. @return what comes of the input behind it */
    private ServerStep introduced(Xclient client, byte[] behind) {
        host.introduce(client);
        Optional<Identity> user = client.login().flatMap(listener::user);
        session.abandon();
        counted.ifPresent(listener::leave);
        counted = Optional.empty();
        Optional<String> objection = client.login().isPresent() && user.isEmpty()
                ? Optional.of(NO_SUCH_USER)
                : listener.objectionBehindFront(host.client());
        if (objection.isPresent()) {
            out.add(objection.get().getBytes(StandardCharsets.US_ASCII));
            return new ServerStep.Close();
        }
        counted = Optional.of(host.client());
        boolean crowded = isCrowded(user.or(() -> host.guest(encryption)));
        progress.begin();
        if (crowded) {
            return session.crowded();
        }
        session.greet();
        return session.receive(behind);
    }

    /** The session begins anew. @return whether the guest is a user with as many connections as he may have */
    private boolean isCrowded(Optional<Identity> guest) {
        session = session(guest);
        return !host.isNow(guest);
    }

    private ServerSession session(Optional<Identity> guest) {
        return new ServerSession(listener.profile(), host, guest, encryption);
    }

    @Override
    public void postStop() {
        host.isNobody();
        session.abandon();
        if (!closing || out.isSending()) {
            link.abort();
        }
        listener.closed(this, counted);
    }

    private void onEvent(Link.Event event) {
        switch (event) {
            case Link.Event.Received received -> {
                arrived.add(received.bytes());
                work();
            }
            case Link.Event.Sent sent -> {
                out.sent();
                shakeHandsWhenSaid();
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
            if (proxy != null) {
                bytes = introduced(proxy, bytes);
            }
            if (bytes.length == 0 || closing) {
                continue;
            }
            if (veil == null) {
                obey(session.receive(bytes));
            } else {
                unveiled(veil, veil.lift(bytes));
            }
        }
        working = false;
        if (inputEnded && arrived.isEmpty() && !isHeld()) {
            endOfInput();
        }
    }

    private void endOfInput() {
        if (handshaking) {
            handshakeFailed("the client closed the connection");
        } else {
            finish();
        }
    }

    private boolean isHeld() {
        return errands.isOut() || out.isSending() || closing || securing || (veil != null && veil.isWorking());
    }

    private void obey(ServerStep first) {
        ServerStep step = first;
        while (step instanceof ServerStep.Introduce introduce) {
            // Not by recursion: a whole buffer of such commands would be a deep one.
            collect();
            step = introduced(introduce.client(), introduce.behind());
        }
        if (step instanceof ServerStep.ReadOn) {
            // Before the reply is out, which says that it counted.
            progress.note(session);
        }
        collect();
        switch (step) {
            case ServerStep.ReadOn readOn -> work();
            case ServerStep.Judge judge -> errands.judge(judge.message());
            case ServerStep.Authenticate authenticate -> errands.decide(authenticate.claim());
            case ServerStep.Introduce done -> throw new IllegalStateException("expected that to be done above");
            case ServerStep.StartTls startTls -> {
                securing = true;
                shakeHandsWhenSaid();
            }
            case ServerStep.Close close -> finish();
        }
    }

    // ---- TLS

    private void shakeHandsWhenSaid() {
        if (securing && !out.isSending()) {
            securing = false;
            shakeHands();
        }
    }

    /** What came in plain text so far is forgotten; what comes from now on is the client's part of the handshake. */
    private void shakeHands() {
        TlsOffer offer = listener.tls().orElseThrow();
        for (byte[] bytes = arrived.poll(); bytes != null; bytes = arrived.poll()) {
            link.consumed(bytes.length);
        }
        handshaking = true;
        scheduleOnce(HANDSHAKE, offer.timeout());
        veil = new Veil(offer.tls().engine(), offer.workers(), () -> handshakes.invoke(Done.getInstance()));
        out.veil(veil);
    }

    private void onWorked() {
        if (veil != null && !closing) {
            unveiled(veil, veil.worked());
            work();
        }
    }

    /** @param plain for the session; nothing before the handshake is over */
    private void unveiled(Veil veil, byte[] plain) {
        switch (veil.state()) {
            case HANDSHAKING -> collect();
            case OPEN, ENDED -> {
                openedUp(veil);
                if (closing) {
                    return;
                }
                inputEnded |= veil.state() == TlsEngine.State.ENDED;
                if (plain.length > 0) {
                    obey(session.receive(plain));
                } else {
                    collect();
                }
            }
            case FAILED -> handshakeFailed(veil.failure());
        }
    }

    private void openedUp(Veil veil) {
        if (handshaking) {
            handshaking = false;
            cancelTimer(HANDSHAKE);
            service.meters().handshaken();
            if (listener.door().isPresent()) {
                host.bind(veil.bindings());
            }
            encryption = Optional.of(veil.encryption());
            boolean crowded = isCrowded(host.guest(encryption));
            progress.begin();
            if (crowded) {
                obey(session.crowded());
            } else if (settings.implicitTls()) {
                session.greet();
            }
        }
    }

    /** Also long after it, over bytes that nobody with our keys sent. */
    private void handshakeFailed(String why) {
        if (!closing) {
            listener.failedHandshakes().tell(id, host.client(), why);
            collect();
            finish();
        }
    }

    // ---- what the session waits for

    @Override
    public <T> AsyncCallback<T> here(Consumer<T> action) {
        return createAsyncCallback(action::accept);
    }

    @Override
    public void after(Duration time, Object key) {
        scheduleOnce(key, time);
    }

    @Override
    public void settled(Reply verdict) {
        progress.resume(service.ticker().getAsLong());
        obey(session.settled(verdict));
    }

    @Override
    public void authenticated(AuthVerdict verdict) {
        if (!closing) {
            progress.resume(service.ticker().getAsLong());
            obey(session.authenticated(host.admitted(verdict)));
        }
    }

    private void onSignal(SmtpConnection.Signal signal) {
        switch (signal) {
            case DRAIN -> {
                if (handshaking) {
                    cut();
                    return;
                }
                session.drain();
                if (session.isClosed()) {
                    obey(new ServerStep.Close());
                }
            }
            case CUT -> cut();
        }
    }

    // ---- bytes

    private void collect() {
        out.add(session.takeReplies());
        try {
            out.flush();
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
            if (out.isSending()) {
                scheduleOnce(LAST_REPLIES, settings.commandTimeout());
            } else {
                endWhenSaid();
            }
        }
    }

    private void endWhenSaid() {
        if (closing && !out.isSending()) {
            out.end();
            completeStage();
        }
    }

    // ---- time

    @Override
    public void onTimer(Object key) {
        if (LAST_REPLIES.equals(key)) {
            cut();
            return;
        }
        if (key instanceof Errands.Due due) {
            errands.due(due);
            return;
        }
        if (PROXY.equals(key)) {
            cut();
            return;
        }
        if (HANDSHAKE.equals(key)) {
            handshakeFailed("it took too long");
            return;
        }
        if (errands.isOut() || handshaking) {
            scheduleOnce(DEADLINE, settings.commandTimeout());
            return;
        }
        long left = progress.left(session);
        if (left <= 0) {
            obey(session.timedOut());
        } else {
            scheduleOnce(DEADLINE, Duration.ofNanos(left));
        }
    }
}
