package io.postrider.ingress;

import io.postrider.mail.Encryption;
import io.postrider.tls.ChannelBindings;
import io.postrider.tls.TlsEngine;
import io.postrider.tls.TlsWorkers;
import java.nio.ByteBuffer;

/**
 * The encryption between a connection's link and its session, from the handshake on. Work of the handshake goes to the
 * workers; nothing may be fed meanwhile. Confined to the connection's thread.
 */
final class Veil {

    private final TlsEngine engine;
    private final TlsWorkers workers;
    private final Runnable worked;
    private boolean working;
    private boolean refused;

    /** @param worked is called on another thread, and has {@link #worked} called on the connection's */
    Veil(TlsOffer offer, Runnable worked) {
        this.engine = new TlsEngine(offer.tls().engine());
        this.workers = offer.workers();
        this.worked = worked;
        engine.start();
    }

    /** What is in these bytes for the session, if anything. */
    byte[] lift(byte[] encrypted) {
        engine.receive(encrypted);
        giveWork();
        return engine.takePlain();
    }

    /** A worker is done; more may have become readable. */
    byte[] worked() {
        working = false;
        engine.worked();
        giveWork();
        return engine.takePlain();
    }

    /** What is to be sent: what the handshake has to say, and these replies. */
    byte[] cover(byte[] replies) {
        if (replies.length > 0) {
            engine.send(ByteBuffer.wrap(replies));
        }
        return engine.takeOutput();
    }

    /** What is to be sent last. */
    byte[] farewell() {
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
    boolean isWorking() {
        return working;
    }

    TlsEngine.State state() {
        return refused ? TlsEngine.State.FAILED : engine.state();
    }

    String failure() {
        return refused ? "too many handshakes at a time" : engine.failure();
    }

    ChannelBindings bindings() {
        return engine.bindings();
    }

    Encryption encryption() {
        return engine.encryption();
    }
}
