package io.postrider.smtp;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.smtp.sasl.Claim;
import io.postrider.smtp.sasl.ScramKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Feeds a whole conversation to a server session, cut in some way, and notes everything that comes of it. */
final class ServerTranscript implements SessionHost {

    static final ServerTerms TERMS = new ServerTerms(
            "relay.example", AddressSyntax.LENIENT, BareNewline.NORMALISE, 1000, 3, 0, 512, 20, 100, true);

    final List<ReceivedMessage> messages = new ArrayList<>();
    final List<String> bodies = new ArrayList<>();
    final List<String> rejections = new ArrayList<>();
    final StringBuilder replies = new StringBuilder();
    final ServerSession session;
    boolean congested;
    Optional<Reply> objectionToRecipient = Optional.empty();
    long memory = Long.MAX_VALUE / 2;
    long taken;
    Reply verdict = Reply.of(250, "2.0.0", "queued");
    boolean closed;

    ServerTranscript(ServerTerms terms, boolean mayRelay) {
        this(terms, AuthTerms.OFF, mayRelay ? Optional.of(Identity.HOST) : Optional.empty(), Optional.empty());
    }

    ServerTranscript(ServerTerms terms, AuthTerms auth, Optional<Identity> guest, Optional<Encryption> encryption) {
        session = new ServerSession(
                new ServerProfile(terms, auth.requireTls() && auth.offered(), auth), this, guest, encryption);
    }

    static ServerTranscript of(String input) {
        return new ServerTranscript(TERMS, true).whole(input);
    }

    ServerTranscript whole(String input) {
        byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
        feed(bytes, bytes.length, new Random(0));
        return this;
    }

    ServerTranscript byteByByte(String input) {
        feed(input.getBytes(StandardCharsets.ISO_8859_1), 1, new Random(0));
        return this;
    }

    ServerTranscript atRandom(String input, long seed) {
        feed(input.getBytes(StandardCharsets.ISO_8859_1), 0, new Random(seed));
        return this;
    }

    private void feed(byte[] input, int piece, Random random) {
        int at = 0;
        while (at < input.length && !closed) {
            int length = piece > 0 ? piece : 1 + random.nextInt(random.nextBoolean() ? 3 : 60);
            int to = Math.min(input.length, at + length);
            obey(session.receive(Arrays.copyOfRange(input, at, to)));
            at = to;
        }
    }

    void obey(ServerStep step) {
        collect();
        switch (step) {
            case ServerStep.ReadOn readOn -> {}
            case ServerStep.Authenticate authenticate -> {
                claims.add(authenticate.claim());
                obey(session.authenticated(claimed));
            }
            case ServerStep.Introduce introduce -> throw new IllegalStateException("XCLIENT is not offered");
            case ServerStep.StartTls startTls -> throw new IllegalStateException("TLS is not offered");
            case ServerStep.Close close -> closed = true;
            case ServerStep.Judge judge -> {
                ReceivedMessage message = judge.message();
                messages.add(message);
                bodies.add(new String(message.bytes(), 0, message.length(), StandardCharsets.ISO_8859_1));
                obey(session.settled(verdict));
            }
        }
    }

    private void collect() {
        replies.append(new String(session.takeReplies(), StandardCharsets.UTF_8));
    }

    /** The replies, one per line, with the lines of one reply parted by a bar. */
    String replies() {
        String text = replies.toString();
        StringBuilder joined = new StringBuilder();
        for (String line : text.split("\r\n", -1)) {
            joined.append(line).append(line.length() > 3 && line.charAt(3) == '-' ? "|" : "\n");
        }
        return joined.toString().strip();
    }

    /** The codes alone, parted by a space. */
    String codes() {
        StringBuilder codes = new StringBuilder();
        for (String line : replies().split("\n", -1)) {
            codes.append(codes.isEmpty() ? "" : " ").append(line, 0, Math.min(3, line.length()));
        }
        return codes.toString();
    }

    String lastReply() {
        String all = replies();
        return all.substring(all.lastIndexOf('\n') + 1);
    }

    /** All that can be seen from outside. */
    String everything() {
        StringBuilder text =
                new StringBuilder(replies).append("closed ").append(closed).append('\n');
        for (int i = 0; i < messages.size(); i++) {
            ReceivedMessage m = messages.get(i);
            text.append(m.helo()).append(m.protocol()).append(m.sender()).append(m.recipients());
            text.append(m.eightBit())
                    .append(m.smtpUtf8())
                    .append('\n')
                    .append(bodies.get(i))
                    .append('\n');
        }
        return text.append(rejections).append(taken).toString();
    }

    /** Claims that were made, and what is to be said of them. */
    final List<Claim> claims = new ArrayList<>();

    AuthVerdict claimed = new AuthVerdict.Refused();
    java.util.function.Function<String, ScramKeys> keys = user -> {
        throw new IllegalStateException("no SCRAM");
    };
    java.util.Map<String, byte[]> bindings = java.util.Map.of();

    @Override
    public ScramKeys keys(String user) {
        return keys.apply(user);
    }

    @Override
    public String nonce() {
        return "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    }

    @Override
    public boolean hasBindings() {
        return !bindings.isEmpty();
    }

    @Override
    public Optional<byte[]> binding(String type) {
        return Optional.ofNullable(bindings.get(type));
    }

    @Override
    public boolean isCongested() {
        return congested;
    }

    @Override
    public Optional<Reply> objectionToRecipient(Identity identity) {
        return objectionToRecipient;
    }

    @Override
    public boolean take(long bytes) {
        if (taken + bytes > memory) {
            return false;
        }
        taken += bytes;
        return true;
    }

    @Override
    public void giveBack(long bytes) {
        taken -= bytes;
    }

    @Override
    public void rejected(Mailbox sender, String recipient, Reply reply) {
        rejections.add(sender + " " + recipient + " " + reply);
    }
}
