package io.postrider.ingress;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.smtp.AuthVerdict;
import io.postrider.smtp.SessionHost;
import io.postrider.smtp.Xclient;
import io.postrider.smtp.sasl.ScramKeys;
import io.postrider.tls.ChannelBindings;
import io.postrider.user.Logins;
import java.net.InetAddress;
import java.util.Optional;

/** What the sessions of one connection ask of the node. Confined to the connection's thread. */
final class ConnectionHost implements SessionHost {

    private static final Reply GONE = Reply.of(535, "5.7.8", "This user may not log in any more");
    private static final Reply OVER_RATE =
            Reply.of(450, "4.7.1", "You have sent as many messages as you may for now, try again later");

    private static final Reply OVER_RECIPIENT_RATE =
            Reply.of(450, "4.7.1", "You have named as many recipients as you may for now, send the rest later");

    private final SmtpListener listener;
    private final String sessionId;
    private InetAddress peer;
    private InetAddress client;
    /** Whether the client's address is its own, and not that of a host that speaks for somebody whom it does not know. */
    private boolean known = true;

    private boolean introduced;
    private Optional<String> helo = Optional.empty();
    /** The user whom the connection counts for. */
    private Optional<String> user = Optional.empty();

    private ChannelBindings bindings = ChannelBindings.NONE;

    ConnectionHost(SmtpListener listener, String sessionId, InetAddress client) {
        this.listener = listener;
        this.sessionId = sessionId;
        this.peer = client;
        this.client = client;
    }

    InetAddress client() {
        return client;
    }

    /** A proxy speaks for this one, all the time. */
    void standFor(InetAddress another) {
        peer = another;
        client = another;
    }

    /** The client speaks for somebody else until it says otherwise. */
    void introduce(Xclient another) {
        switch (another.origin()) {
            case Xclient.Origin.Same same -> {}
            case Xclient.Origin.Unknown unknown -> {
                client = peer;
                known = false;
            }
            case Xclient.Origin.Known told -> {
                client = told.address();
                known = true;
            }
        }
        helo = another.helo();
        introduced = true;
    }

    /**
     * As whom the client may send that has not logged in; empty: it may not. A host that speaks for others lends them
     * neither its certificate nor its address.
     */
    Optional<Identity> guest(Optional<Encryption> encryption) {
        return known ? listener.guest(client, introduced ? Optional.empty() : encryption) : Optional.empty();
    }

    /** The client is this one from now on, and no longer who it was. @return false: a user with as many as he may */
    boolean isNow(Optional<Identity> who) {
        isNobody();
        Optional<String> name =
                who.filter(known -> known.kind() == Identity.Kind.USER).map(Identity::name);
        if (name.isPresent() && !listener.door().orElseThrow().logins().enter(name.get())) {
            return false;
        }
        user = name;
        return true;
    }

    /** No user is logged in any more. Harmless to repeat. */
    void isNobody() {
        user.ifPresent(name -> listener.door().orElseThrow().logins().leave(name));
        user = Optional.empty();
    }

    AuthVerdict admitted(AuthVerdict verdict) {
        return verdict instanceof AuthVerdict.Admitted shown && !isNow(Optional.of(shown.identity()))
                ? new AuthVerdict.Crowded()
                : verdict;
    }

    /** What the client calls itself, if another one says so. */
    Optional<String> helo() {
        return helo;
    }

    @Override
    public boolean maySayXclient() {
        return listener.settings().fronts().maySayXclient(peer);
    }

    /** The connection is encrypted from now on. */
    void bind(ChannelBindings to) {
        bindings = to;
    }

    @Override
    public boolean isCongested() {
        return listener.service().handOver().isCongested();
    }

    @Override
    public boolean isTlsBusy() {
        return listener.tls().filter(offer -> offer.workers().isBusy()).isPresent();
    }

    @Override
    public Leave leave(Identity identity) {
        return identity.kind() == Identity.Kind.USER
                ? listener.door().map(door -> leave(door, identity)).orElse(new Leave.Refused(GONE))
                : new Leave.Granted(identity);
    }

    private static Leave leave(Door door, Identity identity) {
        Optional<Identity> now = door.logins().identity(identity.name());
        if (now.isEmpty()) {
            return new Leave.Refused(GONE);
        }
        return door.logins().mayBegin(identity.name()) ? new Leave.Granted(now.get()) : new Leave.Refused(OVER_RATE);
    }

    @Override
    public Optional<Reply> objectionToRecipient(Identity identity) {
        if (identity.kind() != Identity.Kind.USER) {
            return Optional.empty();
        }
        Optional<Logins> logins = listener.door().map(Door::logins);
        if (logins.flatMap(users -> users.identity(identity.name())).isEmpty()) {
            return Optional.of(GONE);
        }
        return logins.get().mayName(identity.name()) ? Optional.empty() : Optional.of(OVER_RECIPIENT_RATE);
    }

    @Override
    public ScramKeys keys(String user) {
        return listener.door().orElseThrow().logins().keys(user);
    }

    @Override
    public String nonce() {
        return listener.door().orElseThrow().logins().nonce();
    }

    @Override
    public boolean hasBindings() {
        return bindings.hasAny();
    }

    @Override
    public Optional<byte[]> binding(String type) {
        return bindings.of(type);
    }

    @Override
    public boolean take(long bytes) {
        return listener.service().budget().take(bytes);
    }

    @Override
    public void giveBack(long bytes) {
        listener.service().budget().giveBack(bytes);
    }

    @Override
    public void rejected(Mailbox sender, String recipient, Reply reply) {
        SmtpService service = listener.service();
        service.meters().rejected(1);
        service.rejectedLog()
                .rejected(new RejectedLog.Rejection(
                        service.clock().instant(),
                        listener.settings().name(),
                        sessionId,
                        client.getHostAddress(),
                        sender,
                        recipient,
                        reply));
    }
}
