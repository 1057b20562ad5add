package io.postrider.egress;

import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Encryption;
import io.postrider.mail.Reply;
import io.postrider.metrics.Meters;
import io.postrider.smtp.WireBuffer;
import io.postrider.tls.ClientTls;
import io.postrider.tls.Protection;
import io.postrider.tls.TlsEngine;
import io.postrider.tls.Veil;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The encryption of one transport, once it has begun. Confined to its stage. */
final class Cover {

    private static final Logger log = LoggerFactory.getLogger(Cover.class);

    /**
     * What the certificate is worth.
     *
     * @param problem why no mail may go there; empty when some may
     * @param doubt why none may that requires TLS; empty when it may
     */
    record Judgement(Optional<String> problem, Optional<Reply> doubt) {

        /** Whoever it is. */
        static final Judgement UNCERTAIN = new Judgement(
                Optional.empty(),
                Optional.of(doubtful("neither DNSSEC nor a policy of the domain proves that this is its server")));

        private static final Judgement PROVEN = new Judgement(Optional.empty(), Optional.empty());

        /** There is too much to do to find out. */
        private static final Judgement UNKNOWN = new Judgement(
                Optional.empty(),
                Optional.of(Reply.of(451, "4.7.5", "the server's certificate could not be judged now")));

        private static Reply doubtful(String why) {
            return Reply.of(550, "5.7.10", "encryption with a proven server needed, but " + why);
        }
    }

    private static final byte[] NOTHING = {};
    /** Of a name in a stranger's certificate. */
    private static final int LONGEST_NAME = 255;

    private final Transport transport;
    private final ClientTls tls;
    private @Nullable Veil veil;
    private boolean judging;
    private boolean accepted;

    Cover(Transport transport, ClientTls tls) {
        this.transport = transport;
        this.tls = tls;
    }

    boolean isOn() {
        return veil != null;
    }

    /** @param worked runs on another thread and has {@link #worked} called on the stage's */
    void begin(Runnable worked) {
        Transport.Way way = transport.way();
        veil = tls.begin(way.protection(), way.host(), way.address().getPort(), worked);
    }

    /** Whether bytes may be fed: not while a worker has the handshake. */
    boolean takesMore() {
        return veil == null || !veil.isWorking();
    }

    byte[] lift(ByteString encrypted) {
        return veil == null ? NOTHING : veil.lift(encrypted.toArrayUnsafe());
    }

    byte[] worked() {
        return veil == null ? NOTHING : veil.worked();
    }

    TlsEngine.State state() {
        return veil == null ? TlsEngine.State.HANDSHAKING : veil.state();
    }

    String failure() {
        return veil == null ? "" : veil.failure();
    }

    /** It failed because we had too much to do. */
    boolean wasOurFault() {
        return veil != null && veil.wasRefused();
    }

    /** The handshake is over and the server is whom we want. */
    boolean isAccepted() {
        return accepted;
    }

    /** Whether anything depends on who the server is. */
    boolean needsJudge() {
        Protection protection = transport.way().protection();
        return protection.policy().demandsProof() || protection.authentic();
    }

    /** Asks once whether the server is whom we want; {@code told} may be called at once or on another thread. */
    void judge(Consumer<Judgement> told) {
        if (judging || veil == null) {
            return;
        }
        judging = true;
        Protection protection = transport.way().protection();
        if (protection.policy().demandsProof()) {
            Judgement passed = protection.authentic() ? Judgement.PROVEN : Judgement.UNCERTAIN;
            tls.judge(
                    protection,
                    veil,
                    problem -> told.accept(problem.isEmpty() ? passed : new Judgement(problem, passed.doubt())));
        } else {
            // Nobody demands it, but mail that requires TLS may go to whoever proves it all the same.
            boolean taken = tls.attest(
                    protection,
                    transport.way().host(),
                    veil,
                    doubt -> told.accept(new Judgement(Optional.empty(), doubt.map(Judgement::doubtful))));
            if (!taken) {
                told.accept(Judgement.UNKNOWN);
            }
        }
    }

    /** The server is whom we want; how the records name that. */
    Via.Tls accept() {
        accepted = true;
        Encryption encryption = veil == null ? new Encryption("", "", Optional.empty()) : veil.encryption();
        return new Via.Tls(
                encryption.version(),
                encryption.cipher(),
                transport.way().protection().policy().label(),
                peer(encryption.peer().orElse(new Encryption.Peer("", List.of()))));
    }

    /** The name that we went to where the certificate has it, else the first that it has, else its subject. */
    private String peer(Encryption.Peer peer) {
        String host = transport.way().host();
        String name = peer.names().contains(host)
                ? host
                : peer.names().stream().findFirst().orElse(peer.subject());
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    /** Mail is about to go: what a policy in testing mode would have made of this server is counted, and nothing else. */
    void tellTrial(Meters meters) {
        Optional<Protection> trial = transport.way().protection().onTrial();
        if (trial.isEmpty()) {
            return;
        }
        String host = transport.way().host();
        if (veil == null) {
            log.debug("mx={} has no TLS, which a policy in testing mode asks for", host);
            meters.policyFailedInTesting("starttls");
            return;
        }
        tls.judge(
                trial.get(),
                veil,
                problem -> problem.ifPresent(why -> {
                    log.debug("mx={} is not as a policy in testing mode wants it: {}", host, why);
                    meters.policyFailedInTesting("certificate");
                }));
    }

    /** What is to be sent: what TLS has to say, and what is in the buffer, unless there is no encryption yet. */
    ByteString take(WireBuffer buffer, boolean last) {
        Veil covering = veil;
        if (covering == null) {
            return ByteString.emptyByteString();
        }
        boolean open = covering.state() == TlsEngine.State.OPEN || covering.state() == TlsEngine.State.ENDED;
        byte[] bytes = NOTHING;
        if (open && !buffer.isEmpty()) {
            WireBuffer.Taken plain = buffer.take();
            bytes = covering.cover(plain.bytes(), plain.length());
        } else if (covering.hasOutput()) {
            bytes = covering.cover(NOTHING);
        }
        ByteString all = ByteString.fromArrayUnsafe(bytes);
        return last && open ? all.concat(ByteString.fromArrayUnsafe(covering.farewell())) : all;
    }
}
