package io.postrider.smtp;

import io.postrider.mail.Encryption;
import io.postrider.mail.Reply;
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
 * COMMAND  --STARTTLS----------------> SECURING 220; another session goes on after the handshake
 * any      --QUIT, 421---------------> CLOSED
 * </pre>
 *
 * <p>Not for several threads.
 */
public final class ServerSession {

    /** What the caller does next, after sending the replies. */
    public sealed interface Step {
        /** Feed more input. */
        record ReadOn() implements Step {}

        /** Find the verdict on this message, then call {@link #settled}; feed nothing until then. */
        record Judge(ReceivedMessage message) implements Step {}

        /**
         * Shake hands, and then go on with a new session that knows nothing of this one (RFC 3207 §4.2). What came behind
         * the command is thrown away: whoever put it there could not have known that it would be believed.
         */
        record StartTls() implements Step {}

        /** Close the connection. */
        record Close() implements Step {}
    }

    private enum State {
        COMMAND,
        DATA,
        CHUNK,
        JUDGING,
        SECURING,
        CLOSED
    }

    private static final Step READ_ON = new Step.ReadOn();
    private static final Step START_TLS = new Step.StartTls();
    private static final Step CLOSE = new Step.Close();
    private static final byte[] NO_INPUT = new byte[0];

    private final ServerProfile profile;
    private final ServerTerms terms;
    private final SessionHost host;
    private final CommandLines lines;
    private final ServerEnvelope envelope;
    private final Patience patience;
    private final Optional<Encryption> encryption;
    private final ReplyBuffer replies = new ReplyBuffer();

    private State state = State.COMMAND;
    private byte[] input = NO_INPUT;
    private int position;
    private String helo = "";
    private boolean extended;
    private @Nullable Chunk chunk;
    private @Nullable ReceivedMessage received;

    private boolean draining;
    private long commands;

    /**
     * @param mayRelay whether this client may send mail at all; others are told so at RCPT
     * @param encryption empty: the connection is not encrypted
     */
    public ServerSession(ServerProfile profile, SessionHost host, boolean mayRelay, Optional<Encryption> encryption) {
        this.profile = profile;
        this.terms = profile.terms();
        this.host = host;
        this.lines = new CommandLines(terms.maxCommandLine());
        this.envelope = new ServerEnvelope(terms, host, mayRelay);
        this.patience = new Patience(terms);
        this.encryption = encryption;
    }

    /** To be called first, unless the handshake came in between: the greeting is among the replies. */
    public void greet() {
        replies.add(profile.greeting().bytes());
    }

    /** Takes in the next piece of input, which must not be changed afterwards. */
    public Step receive(byte[] bytes) {
        if (state == State.JUDGING) {
            throw new IllegalStateException("expected no input while a verdict is awaited");
        }
        input = bytes;
        position = 0;
        return proceed();
    }

    /** The verdict on the message that {@link Step.Judge} named. */
    public Step settled(Reply verdict) {
        if (state != State.JUDGING) {
            throw new IllegalStateException("expected a verdict only after Judge");
        }
        state = State.COMMAND;
        if (verdict.isPositive()) {
            patience.accepted();
            envelope.end();
            say(verdict, Canned.encode(verdict));
        } else {
            refuseMessage(Canned.of(verdict));
        }
        return proceed();
    }

    /** The client took too long over a command or a transaction. */
    public Step timedOut() {
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
        return replies.take();
    }

    /** Rises with every command, chunk or message that is complete: the client makes progress. */
    public long commands() {
        return commands;
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

    private Step proceed() {
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
                case JUDGING, SECURING, CLOSED -> {}
            }
            if (state == State.CLOSED || state == State.SECURING) {
                input = NO_INPUT;
                return state == State.CLOSED ? CLOSE : START_TLS;
            }
            if (state == State.JUDGING && received != null) {
                Step judge = new Step.Judge(received);
                received = null;
                return judge;
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
            case REFUSED -> say(lines.refusal());
            case LINE -> command(lines.verb(), lines.text());
        }
    }

    private void command(Verb verb, String line) {
        boolean bare = MailParameters.isBlank(line, Math.min(4, line.length()));
        switch (verb) {
            case EHLO, HELO -> idle(hello(verb, line));
            case MAIL -> {
                Canned reply = helo.isEmpty() ? ServerReplies.HELO_FIRST : envelope.mail(line, lines.isAscii());
                say(reply);
                patience.noteMail(reply.reply());
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
            case QUIT -> {
                if (bare) {
                    close(ServerReplies.BYE);
                } else {
                    say(ServerReplies.NO_ARGUMENT);
                }
            }
            case EXPN, NOT_OFFERED -> say(ServerReplies.NOT_OFFERED);
            case HTTP -> close(ServerReplies.NOT_HTTP);
            case UNKNOWN -> say(ServerReplies.UNKNOWN_COMMAND);
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
        return extended ? profile.ehlo(encryption.isPresent()) : profile.helo();
    }

    private Canned startTls(String line) {
        Canned reply = profile.startTls(line, encryption.isPresent(), host);
        if (reply.reply().isPositive()) {
            envelope.end();
            state = State.SECURING;
        }
        return reply;
    }

    private void rcpt(String line) {
        Canned reply = envelope.rcpt(line, lines.isAscii());
        if (reply.reply().isPositive()) {
            patience.acceptedRecipient();
        }
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

    /** 421 ends the session (RFC 5321 §3.8). */
    private void say(Reply reply, byte[] bytes) {
        commands++;
        replies.add(bytes);
        if (reply.code() == 421) {
            abandon();
        } else if (patience.endsWith(reply)) {
            close(ServerReplies.TOO_MANY_ERRORS);
        }
    }

    private void idle(Canned reply) {
        say(reply);
        if (patience.endsIdle() && state != State.CLOSED) {
            close(ServerReplies.TOO_MANY_IDLE_COMMANDS);
        }
    }

    private Step close(Canned farewell) {
        if (state != State.CLOSED) {
            replies.add(farewell.bytes());
            abandon();
        }
        return CLOSE;
    }
}
