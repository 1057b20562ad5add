package io.postrider.tls;

import io.postrider.mail.Encryption;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/**
 * The encryption between a connection's link and its session, from the handshake on. Work of the handshake goes to the
 * workers; nothing may be fed meanwhile. Confined to the connection's thread.
 */
public final class Veil {

    private final TlsEngine engine;
    private final TlsWorkers workers;
    private final Runnable worked;
    private boolean working;
    private boolean refused;

    /**
     * @param engine not begun
     * @param worked is called on another thread, and has {@link #worked} called on the connection's
     */
    public Veil(SSLEngine engine, TlsWorkers workers, Runnable worked) {
        this.engine = new TlsEngine(engine);
        this.workers = workers;
        this.worked = worked;
        this.engine.start();
    }

    /** What is in these bytes for the session, if anything. */
    public byte[] lift(byte[] encrypted) {
        engine.receive(encrypted);
        giveWork();
        return engine.takePlain();
    }

    /** A worker is done; more may have become readable. */
    public byte[] worked() {
        working = false;
        engine.worked();
        giveWork();
        return engine.takePlain();
    }

    /** What is to be sent: what the handshake has to say, and these bytes. */
    public byte[] cover(byte[] plain) {
        return cover(plain, plain.length);
    }

    /** The same for the first bytes of the array. */
    public byte[] cover(byte[] plain, int length) {
        if (length > 0) {
            engine.send(ByteBuffer.wrap(plain, 0, length));
        }
        return engine.takeOutput();
    }

    /** Whether the engine has something to say of its own. */
    public boolean hasOutput() {
        return engine.hasOutput();
    }

    /** What is to be sent last. */
    public byte[] farewell() {
        engine.finish();
        return engine.takeOutput();
    }

    /** After the handshake there is only what a new key of TLS 1.3 takes, which is microseconds. */
    private void giveWork() {
        for (var work = engine.takeWork(); work.isPresent(); work = engine.takeWork()) {
            if (engine.state() == TlsEngine.State.HANDSHAKING) {
                working = workers.run(work.get(), worked);
                refused = !working;
                return;
            }
            work.get().run();
            engine.worked();
        }
    }

    /** Whether the handshake waits for a worker, so that nothing may be fed. */
    public boolean isWorking() {
        return working;
    }

    public TlsEngine.State state() {
        return refused ? TlsEngine.State.FAILED : engine.state();
    }

    /** It failed because the workers had too much to do. */
    public boolean wasRefused() {
        return refused;
    }

    public String failure() {
        return refused ? "too many handshakes at a time" : engine.failure();
    }

    public ChannelBindings bindings() {
        return engine.bindings();
    }

    SSLSession session() {
        return engine.session();
    }

    public Encryption encryption() {
        return engine.encryption();
    }
}
