package io.postrider.tls;

import io.postrider.mail.Encryption;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * One end of a TLS connection without I/O and threads: encrypted bytes in, plain bytes out, and the other way round. After
 * each call the owner sends what {@link #takeOutput} gives, and when there is {@link #takeWork} has it done on a thread
 * that may be kept busy and calls {@link #worked}.
 *
 * <pre>
 * HANDSHAKING --finished--------------------> OPEN
 * OPEN        --close_notify of the peer----> ENDED     we may still send
 * any         --alert, garbage, renegotiation--> FAILED    an alert may be left to send
 * </pre>
 *
 * <p>What is idle holds no buffers beside those of the JDK; a step borrows its thread's. Not for several threads.
 */
public final class TlsEngine {

    /** Where the connection stands. */
    public enum State {
        HANDSHAKING,
        OPEN,
        ENDED,
        FAILED
    }

    private static final byte[] NOTHING = {};
    private static final ThreadLocal<ByteBuffer> SCRATCH = ThreadLocal.withInitial(() -> ByteBuffer.allocate(0));

    private final SSLEngine engine;
    private final Pile plain = new Pile();
    private final Pile output = new Pile();
    private byte[] input = NOTHING;
    private State state = State.HANDSHAKING;
    private String failure = "";
    private boolean working;

    /** @param engine in either mode, not begun */
    public TlsEngine(SSLEngine engine) {
        this.engine = engine;
    }

    /** To be called first; a client's greeting is among the output. */
    public void start() {
        try {
            engine.beginHandshake();
            proceed();
        } catch (SSLException e) {
            fail(e);
        }
    }

    /** Takes in what came from the peer. What comes while work is under way waits, so feed nothing until {@link #worked}. */
    public void receive(byte[] encrypted) {
        if (state == State.ENDED || state == State.FAILED) {
            return;
        }
        input = input.length == 0 ? encrypted : joined(input, encrypted);
        proceed();
    }

    /**
     * Encrypts; to be called when open, or ended by the peer.
     *
     * @throws IllegalStateException while there is no encryption yet
     */
    public void send(ByteBuffer bytes) {
        if (state == State.HANDSHAKING) {
            throw new IllegalStateException("expected to send after the handshake only");
        }
        try {
            while (state != State.FAILED && bytes.hasRemaining() && wrap(bytes)) {
                // One record after the other.
            }
        } catch (SSLException e) {
            fail(e);
        }
    }

    /** Says that nothing more comes from us (close_notify). Harmless to repeat. */
    public void finish() {
        engine.closeOutbound();
        try {
            while (!engine.isOutboundDone() && wrap(ByteBuffer.wrap(NOTHING))) {
                // Until the alert is out.
            }
        } catch (SSLException e) {
            fail(e);
        }
    }

    /** Work that takes milliseconds: keys and signatures. Each is given once. */
    public Optional<Runnable> takeWork() {
        if (working || state == State.FAILED || engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
            return Optional.empty();
        }
        working = true;
        return Optional.of(() -> {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        });
    }

    /** The work is done. */
    public void worked() {
        working = false;
        proceed();
    }

    /** What the peer said, decrypted; empty when nothing did come. */
    public byte[] takePlain() {
        return plain.take();
    }

    /** What the peer is to get. */
    public byte[] takeOutput() {
        return output.take();
    }

    public boolean hasOutput() {
        return !output.isEmpty();
    }

    public State state() {
        return state;
    }

    /** Why it failed, in the words of the provider. */
    public String failure() {
        return failure;
    }

    /** What was agreed upon, once the handshake is over. */
    public Encryption encryption() {
        SSLSession session = engine.getSession();
        return new Encryption(session.getProtocol(), session.getCipherSuite(), peer(session));
    }

    /** Of a server after the handshake. */
    public ChannelBindings bindings() {
        return ChannelBindings.ofServer(engine.getSession());
    }

    SSLSession session() {
        return engine.getSession();
    }

    private static Optional<Encryption.Peer> peer(SSLSession session) {
        try {
            Certificate[] shown = session.getPeerCertificates();
            return shown.length > 0 && shown[0] instanceof X509Certificate own
                    ? Optional.of(
                            new Encryption.Peer(own.getSubjectX500Principal().getName(), HostNames.all(own)))
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException nobody) {
            return Optional.empty();
        }
    }

    // ---- the engine's turns

    private void proceed() {
        try {
            while (!working && state != State.FAILED && turn()) {
                refuseRenegotiation();
            }
        } catch (SSLException e) {
            fail(e);
        }
    }

    /** Whether there may be another one. */
    private boolean turn() throws SSLException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> false;
            case NEED_WRAP -> wrap(ByteBuffer.wrap(NOTHING));
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> input.length > 0 && unwrap();
        };
    }

    /** In TLS 1.2 a second handshake serves attackers alone; TLS 1.3 has none, but has tasks of its own. */
    private void refuseRenegotiation() throws SSLException {
        boolean begun = state == State.OPEN
                && !engine.isInboundDone()
                && engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                && !engine.getSession().getProtocol().equals(TlsVersion.V1_3.protocol());
        if (begun) {
            throw new SSLException("renegotiation is refused");
        }
    }

    private boolean unwrap() throws SSLException {
        ByteBuffer from = ByteBuffer.wrap(input);
        boolean more = true;
        while (more && state != State.FAILED) {
            ByteBuffer to = scratch(engine.getSession().getApplicationBufferSize());
            SSLEngineResult result = engine.unwrap(from, to);
            plain.add(to);
            noteFinished(result);
            if (result.getStatus() == Status.CLOSED) {
                state = State.ENDED;
                input = NOTHING;
                return true;
            }
            more = result.getStatus() == Status.OK
                    && from.hasRemaining()
                    && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                    && state == State.OPEN;
            if (result.getStatus() == Status.BUFFER_UNDERFLOW || (result.getStatus() == Status.OK && stuck(result))) {
                keep(from);
                return false;
            }
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                more = true;
            }
        }
        keep(from);
        return true;
    }

    private static boolean stuck(SSLEngineResult result) {
        return result.bytesConsumed() == 0
                && result.bytesProduced() == 0
                && result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP;
    }

    private void keep(ByteBuffer rest) {
        if (!rest.hasRemaining()) {
            input = NOTHING;
        } else if (rest.position() > 0) {
            byte[] left = new byte[rest.remaining()];
            rest.get(left);
            input = left;
        }
    }

    /** One record. False when nothing came of it. */
    private boolean wrap(ByteBuffer from) throws SSLException {
        ByteBuffer to = scratch(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(from, to);
        output.add(to);
        noteFinished(result);
        return result.getStatus() == Status.BUFFER_OVERFLOW
                || (result.getStatus() == Status.OK && (result.bytesProduced() > 0 || result.bytesConsumed() > 0));
    }

    private void noteFinished(SSLEngineResult result) {
        if (state == State.HANDSHAKING && result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
            state = State.OPEN;
        }
    }

    /** Leaves the provider's alert in the output. */
    private void fail(SSLException why) {
        state = State.FAILED;
        failure = String.valueOf(why.getMessage());
        input = NOTHING;
        try {
            while (!engine.isOutboundDone()
                    && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && wrap(ByteBuffer.wrap(NOTHING))) {
                // The alert, at most.
            }
        } catch (SSLException noAlert) {
            // The first failure is the one to tell.
        }
    }

    private static ByteBuffer scratch(int size) {
        ByteBuffer scratch = SCRATCH.get();
        if (scratch.capacity() < size) {
            scratch = ByteBuffer.allocate(size);
            SCRATCH.set(scratch);
        }
        return scratch.clear();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
