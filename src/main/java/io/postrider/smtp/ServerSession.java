package io.postrider.smtp;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.Reply;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of one SMTP conversation (RFC 5321), without I/O, time or policy: feed bytes, obey steps, send
 * what {@link #takeReplies} gives. Takes in as much pipelined input as it can in one step; the outcome does not depend
 * on how the input is cut into pieces.
 *
 * <pre>
 * COMMAND  --line--------------------> COMMAND  a reply
 * COMMAND  --DATA--------------------> DATA     354
 * COMMAND  --BDAT n------------------> CHUNK
 * CHUNK    --n bytes, not the last---> COMMAND  250, or why it was refused
 * CHUNK    --n bytes, the last-------> JUDGING  (a refused message: COMMAND and a reply)
 * DATA     --CRLF.CRLF---------------> JUDGING  (likewise)
 * JUDGING  --settled-----------------> COMMAND  the verdict
 * COMMAND  --AUTH--------------------> COMMAND  334, and the next line is a response; or why not
 * COMMAND  --AUTH, a response--------> CLAIMING a claim is looked at
 * CLAIMING --authenticated-----------> COMMAND  235, 535
 * COMMAND  --STARTTLS----------------> SECURING 220; another session goes on after the handshake
 * COMMAND  --XCLIENT-----------------> INTRODUCED another session goes on, from its greeting
 * any      --QUIT, 421---------------> CLOSED
 * </pre>
 *
 * <p>Not for several threads.
 */
public final class ServerSession {

    private enum State {
        COMMAND,
        DATA,
        CHUNK,
        JUDGING,
        CLAIMING,
        SECURING,
        INTRODUCED,
        CLOSED
    }

    private static final ServerStep READ_ON = new ServerStep.ReadOn();
    private static final ServerStep START_TLS = new ServerStep.StartTls();
    private static final ServerStep CLOSE = new ServerStep.Close();
    private static final byte[] NO_INPUT = new byte[0];

    private final ServerProfile profile;
    private final ServerTerms terms;
    private final SessionHost host;
    private final CommandLines lines;
    private final ServerEnvelope envelope;
    private final Authentication authentication;
    private final Speech speech;
    private final Optional<Encryption> encryption;

    private State state = State.COMMAND;
    private byte[] input = NO_INPUT;
    private int position;
    private String helo = "";
    private boolean extended;
    private @Nullable Chunk chunk;
    private @Nullable ReceivedMessage received;
    private Optional<Xclient> introduced = Optional.empty();

    private boolean draining;

    /**
     * @param guest as whom this client may send mail without AUTH; empty: it may not, and is told so at RCPT
     * @param encryption empty: the connection is not encrypted
     */
    public ServerSession(
            ServerProfile profile, SessionHost host, Optional<Identity> guest, Optional<Encryption> encryption) {
        this.profile = profile;
        this.terms = profile.terms();
        this.host = host;
        this.lines = new CommandLines(terms.maxCommandLine());
        this.envelope = new ServerEnvelope(terms, host, guest);
        this.authentication = new Authentication(profile.auth(), host, encryption.isPresent(), guest);
        this.speech = new Speech(terms);
        this.encryption = encryption;
    }

    /** To be called first, unless the handshake came in between: the greeting is among the replies. */
    public void greet() {
        speech.add(profile.greeting());
    }

    /** Instead of a greeting, or of the next reply: whom the session would know has as many connections as he may. */
    public ServerStep crowded() {
        return close(ServerReplies.USER_CROWDED);
    }

    /** Takes in the next piece of input, which must not be changed afterwards. */
    public ServerStep receive(byte[] bytes) {
        if (state == State.JUDGING || state == State.CLAIMING) {
            throw new IllegalStateException("expected no input while a verdict is awaited");
        }
        input = bytes;
        position = 0;
        return proceed();
    }

    /** The verdict on the message that {@link ServerStep.Judge} named. */
    public ServerStep settled(Reply verdict) {
        if (state != State.JUDGING) {
            throw new IllegalStateException("expected a verdict only after Judge");
        }
        state = State.COMMAND;
        if (verdict.isPositive()) {
            speech.patience().accepted();
            envelope.end();
            say(verdict, Canned.encode(verdict));
        } else {
            refuseMessage(Canned.of(verdict));
        }
        return proceed();
    }

    /** What to think of the claim that {@link ServerStep.Authenticate} named. */
    public ServerStep authenticated(AuthVerdict verdict) {
        if (state != State.CLAIMING) {
            throw new IllegalStateException("expected this only after Authenticate");
        }
        state = State.COMMAND;
        say(authentication.settled(verdict));
        authentication.identity().ifPresent(envelope::identify);
        return proceed();
    }

    /** The client took too long over a command or a transaction. */
    public ServerStep timedOut() {
        return close(ServerReplies.TIMEOUT);
    }

    /** The node stops: an idle session is closed now, another one behind its transaction. */
    public void drain() {
        draining = true;
        if (state == State.COMMAND && envelope.transaction() == null) {
            close(ServerReplies.SHUTTING_DOWN);
        }
    }

    /** The connection is gone: memory is returned. Harmless to repeat. */
    public void abandon() {
        envelope.end();
        state = State.CLOSED;
    }

    /** Replies to send now; empty when there are none. Not to be changed by the caller. */
    public byte[] takeReplies() {
        return speech.take();
    }

    /** Rises with every command, chunk or message that is complete: the client makes progress. */
    public long commands() {
        return speech.commands();
    }

    /** Rises with every transaction that begins. */
    public int transactions() {
        return envelope.begun();
    }

    public boolean isInTransaction() {
        return envelope.transaction() != null;
    }

    public boolean isReceivingMessage() {
        return state == State.DATA || state == State.CHUNK;
    }

    public boolean isClosed() {
        return state == State.CLOSED;
    }

    private ServerStep proceed() {
        while (true) {
            switch (state) {
                case COMMAND -> {
                    if (draining && envelope.transaction() == null) {
                        close(ServerReplies.SHUTTING_DOWN);
                    } else {
                        readCommand();
                    }
                }
                case DATA -> readData();
                case CHUNK -> readChunk(Objects.requireNonNull(chunk));
                case JUDGING, CLAIMING, SECURING, INTRODUCED, CLOSED -> {}
            }
            if (state == State.CLOSED || state == State.SECURING) {
                input = NO_INPUT;
                return state == State.CLOSED ? CLOSE : START_TLS;
            }
            if (state == State.JUDGING && received != null) {
                ServerStep judge = new ServerStep.Judge(received);
                received = null;
                return judge;
            }
            if (state == State.INTRODUCED) {
                byte[] behind = Arrays.copyOfRange(input, position, input.length);
                input = NO_INPUT;
                return new ServerStep.Introduce(introduced.orElseThrow(), behind);
            }
            if (state == State.CLAIMING) {
                return new ServerStep.Authenticate(Objects.requireNonNull(authentication.takeClaim()));
            }
            boolean more = position < input.length || (state == State.CHUNK && chunk != null && chunk.left() == 0);
            if (!more && !(draining && state == State.COMMAND && envelope.transaction() == null)) {
                input = NO_INPUT;
                position = 0;
                return READ_ON;
            }
        }
    }

    // ---- commands

    private void readCommand() {
        CommandLines.Found found = lines.read(input, position);
        position = lines.position();
        switch (found) {
            case NOTHING -> {}
            case REFUSED ->
                answer(authentication.isUnderWay() ? authentication.lineRefused(lines.refusal()) : lines.refusal());
            case LINE -> {
                if (authentication.isUnderWay()) {
                    answer(authentication.response(lines.text()));
                } else {
                    command(lines.verb(), lines.text());
                }
            }
        }
    }

    private void command(Verb verb, String line) {
        boolean bare = MailParameters.isBlank(line, Math.min(4, line.length()));
        switch (verb) {
            case EHLO, HELO -> idle(hello(verb, line));
            case MAIL -> {
                Canned reply = mail(line);
                say(reply);
                speech.patience().noteMail(reply.reply());
            }
            case RCPT -> rcpt(line);
            case DATA -> data(bare);
            case BDAT -> bdat(line);
            case RSET -> {
                if (bare) {
                    envelope.end();
                }
                idle(bare ? ServerReplies.OK : ServerReplies.NO_ARGUMENT);
            }
            case NOOP -> idle(ServerReplies.OK);
            case HELP -> idle(ServerReplies.HELP);
            case VRFY -> idle(bare ? ServerReplies.NEEDS_ARGUMENT : ServerReplies.CANNOT_VERIFY);
            case STARTTLS -> say(startTls(line));
            case AUTH -> answer(authentication.begin(line, extended, envelope.transaction() != null));
            case QUIT -> {
                if (bare) {
                    close(ServerReplies.BYE);
                } else {
                    say(ServerReplies.NO_ARGUMENT);
                }
            }
            case EXPN, NOT_OFFERED -> say(ServerReplies.NOT_OFFERED);
            case XCLIENT -> xclient(line);
            case PROXY -> close(ServerReplies.NO_PROXY);
            case HTTP -> close(ServerReplies.NOT_HTTP);
            case UNKNOWN -> say(ServerReplies.UNKNOWN_COMMAND);
        }
    }

    private Canned mail(String line) {
        if (helo.isEmpty()) {
            return ServerReplies.HELO_FIRST;
        }
        Canned obstacle = authentication.obstacle();
        return obstacle == null
                ? envelope.mail(line, lines.isAscii(), profile.auth().offered(), encryption.isPresent())
                : obstacle;
    }

    /** @param reply of AUTH or to a response; null: a claim has come of it */
    private void answer(@Nullable Canned reply) {
        lines.allow(authentication.isUnderWay() ? Authentication.LONGEST_LINE : terms.maxCommandLine());
        if (reply == null) {
            state = State.CLAIMING;
        } else {
            say(reply);
        }
    }

    private Canned hello(Verb verb, String line) {
        String name = line.substring(4).trim();
        if (name.isEmpty() || name.indexOf(' ') >= 0) {
            return ServerReplies.NEEDS_NAME;
        }
        envelope.end();
        helo = name;
        extended = verb == Verb.EHLO;
        return extended ? profile.ehlo(encryption.isPresent(), host) : profile.helo();
    }

    private Canned startTls(String line) {
        Canned reply = profile.startTls(line, encryption.isPresent(), host);
        if (reply.reply().isPositive()) {
            envelope.end();
            state = State.SECURING;
        }
        return reply;
    }

    private void xclient(String line) {
        if (!host.maySayXclient()) {
            say(ServerReplies.XCLIENT_DENIED);
        } else if (envelope.transaction() != null) {
            say(ServerReplies.XCLIENT_IN_TRANSACTION);
        } else {
            introduced = Xclient.read(line);
            if (introduced.isPresent()) {
                state = State.INTRODUCED;
            } else {
                say(ServerReplies.XCLIENT_SYNTAX);
            }
        }
    }

    private void rcpt(String line) {
        Canned reply = envelope.rcpt(line, lines.isAscii());
        speech.patience().noteRecipient(reply.reply());
        say(reply);
    }

    private void data(boolean bare) {
        Canned reply = bare ? envelope.data() : ServerReplies.NO_ARGUMENT;
        if (reply.reply().isIntermediate()) {
            state = State.DATA;
        }
        say(reply);
    }

    /** RFC 3030 §2: also a refused chunk is on its way, and is swallowed before the reply. */
    private void bdat(String line) {
        Chunk announced = Chunk.of(line, envelope.obstacle()).orElse(null);
        if (announced == null) {
            // How much follows is unknown, and could be anybody's commands if we read it as such.
            close(ServerReplies.BDAT_SYNTAX);
            return;
        }
        chunk = announced;
        state = State.CHUNK;
        ServerTransaction current = envelope.transaction();
        if (announced.refusal() == null && current != null) {
            current.reader(host, terms.maxMessageSize()).expectChunk(announced.left());
        }
    }

    // ---- messages

    private void readData() {
        MessageReader reader = reader();
        position = reader.readData(input, position, input.length);
        if (reader.isEnded()) {
            endOfMessage(reader);
        }
    }

    private void readChunk(Chunk chunk) {
        int from = position;
        position += chunk.take(input.length - from);
        Canned refusal = chunk.refusal();
        if (refusal != null) {
            if (chunk.left() == 0) {
                state = State.COMMAND;
                envelope.end();
                say(refusal);
            }
            return;
        }
        MessageReader reader = reader();
        reader.readChunk(input, from, position);
        if (chunk.left() > 0) {
            return;
        }
        if (chunk.isLast()) {
            reader.endChunks();
            endOfMessage(reader);
        } else if (reader.refusal() != MessageReader.Refusal.NONE) {
            refuseMessage(ServerReplies.of(reader.refusal()));
        } else {
            state = State.COMMAND;
            say(ServerReplies.CHUNK_OK);
        }
    }

    private void endOfMessage(MessageReader reader) {
        ServerTransaction current = envelope.transaction();
        Canned refusal = ServerReplies.of(reader, terms.bareNewline());
        if (refusal != null) {
            refuseMessage(refusal);
        } else if (current != null) {
            state = State.JUDGING;
            received = current.message(reader, helo, extended, encryption, terms.reports());
        }
    }

    private MessageReader reader() {
        return Objects.requireNonNull(envelope.transaction()).reader(host, terms.maxMessageSize());
    }

    private void refuseMessage(Canned reply) {
        state = State.COMMAND;
        ServerTransaction refused = envelope.transaction();
        if (refused != null) {
            host.rejected(refused.sender(), "", reply.reply());
        }
        envelope.end();
        say(reply);
    }

    // ---- replies

    private void say(Canned reply) {
        say(reply.reply(), reply.bytes());
    }

    private void say(Reply reply, byte[] bytes) {
        if (speech.say(reply, bytes)) {
            abandon();
        }
    }

    private void idle(Canned reply) {
        if (speech.idle(reply)) {
            abandon();
        }
    }

    private ServerStep close(Canned farewell) {
        if (state != State.CLOSED) {
            speech.add(farewell);
            abandon();
        }
        return CLOSE;
    }
}
