package io.postrider.cli.sink;

import io.postrider.cli.wire.Wire;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The server's half of one conversation (RFC 5321), as far as a client needs it for delivering mail: no relaying, no
 * look-ups, and misbehaviour where the script wants it.
 */
final class SinkSession {

    private static final int MAX_RECIPIENTS = 1000;
    private static final String OK = "250 2.0.0 OK";
    private static final String BAD_SEQUENCE = "503 5.5.1 Bad sequence of commands";

    private final Sink sink;
    private final Wire wire;
    private final ContentReader content;
    private final List<String> recipients = new ArrayList<>();
    private String sender = "";
    private boolean inTransaction;
    private boolean open = true;
    private boolean secured;

    SinkSession(Sink sink, Wire wire) {
        this.sink = sink;
        this.wire = wire;
        this.content = new ContentReader(wire);
    }

    /** Talks until one side closes. */
    void run() throws IOException {
        greet();
        while (open) {
            String line = wire.readLine();
            int space = line.indexOf(' ');
            String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
            switch (verb) {
                case "EHLO" -> onEhlo();
                case "HELO" -> onHelo();
                case "MAIL" -> onMail(line);
                case "RCPT" -> onRcpt(line);
                case "DATA" -> onData();
                case "STARTTLS" -> onStartTls();
                case "RSET" -> onRset();
                case "NOOP" -> reply(OK);
                case "QUIT" -> onQuit();
                default -> reply("500 5.5.2 Command not known: " + verb);
            }
        }
        wire.flush();
    }

    private void greet() throws IOException {
        if (passes(Stage.CONNECT)) {
            reply("220 " + sink.hostname() + " ESMTP Postrider sink");
        }
    }

    private void onEhlo() throws IOException {
        if (passes(Stage.EHLO)) {
            forget();
            wire.write("250-" + sink.hostname()
                    + "\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
                    + (offersTls() ? "250-STARTTLS\r\n" : "")
                    + "250 ENHANCEDSTATUSCODES\r\n");
        }
    }

    private boolean offersTls() {
        return sink.tls().isPresent() && !secured;
    }

    private void onStartTls() throws IOException {
        if (!offersTls()) {
            reply("502 5.5.1 TLS is not offered");
            return;
        }
        reply("220 2.0.0 Go on");
        wire.secure(sink.tls().orElseThrow(), false);
        secured = true;
        sink.counters().secured();
        forget();
    }

    private void onHelo() throws IOException {
        if (passes(Stage.EHLO)) {
            forget();
            reply("250 " + sink.hostname());
        }
    }

    private void onMail(String line) throws IOException {
        if (inTransaction) {
            reply(BAD_SEQUENCE);
            return;
        }
        if (passes(Stage.MAIL)) {
            sender = address(line);
            inTransaction = true;
            reply("250 2.1.0 OK");
        }
    }

    private void onRcpt(String line) throws IOException {
        if (!inTransaction) {
            reply(BAD_SEQUENCE);
            return;
        }
        if (recipients.size() == MAX_RECIPIENTS) {
            reply("452 4.5.3 Too many recipients");
            return;
        }
        String recipient = address(line).toLowerCase(Locale.ROOT);
        List<String> asked = List.of(recipient);
        Action action = at(Stage.RCPT, asked);
        if (action instanceof Action.Greylist greylist) {
            if (!sink.hasWaited(sender, recipient, greylist.duration())) {
                refuse("451 4.7.1 Greylisted, try again later", asked);
                return;
            }
        } else if (!obey(action, asked)) {
            return;
        }
        recipients.add(recipient);
        reply("250 2.1.5 OK");
    }

    private void onData() throws IOException {
        if (recipients.isEmpty()) {
            reply(inTransaction ? "554 5.5.1 No valid recipients" : BAD_SEQUENCE);
            return;
        }
        if (!passes(Stage.DATA)) {
            return;
        }
        reply("354 End data with <CR><LF>.<CR><LF>");
        if (sink.script().speaksOf(Stage.BODY)) {
            if (wire.from() == wire.to()) {
                wire.fill();
            }
            // An answer in the midst of a message would be none: only waiting and dropping make sense here.
            if (at(Stage.BODY, recipients) instanceof Action.Drop) {
                open = false;
                return;
            }
        }
        onFinalDot(content.read(sink.keepsMessages()));
    }

    private void onFinalDot(ContentReader.Content message) throws IOException {
        Action action = at(Stage.DOT, recipients);
        if (action instanceof Action.KeepAndDrop) {
            sink.received(sender, recipients, message);
            open = false;
        } else if (obey(action, recipients)) {
            sink.received(sender, recipients, message);
            reply(OK);
        }
        forget();
    }

    private void onRset() throws IOException {
        forget();
        reply(OK);
    }

    private void onQuit() throws IOException {
        reply("221 2.0.0 Bye");
        open = false;
    }

    private void forget() {
        sender = "";
        recipients.clear();
        inTransaction = false;
    }

    private boolean passes(Stage stage) throws IOException {
        return obey(at(stage, recipients), recipients);
    }

    /** Whether the step is to be taken as usual; otherwise the answer has been given. */
    private boolean obey(Action action, List<String> about) throws IOException {
        return switch (action) {
            case Action.Accept accept -> true;
            case Action.Answer answer -> {
                refuse(answer.line(), about);
                yield false;
            }
            case Action.Drop drop -> {
                open = false;
                yield false;
            }
            case Action.Delay delay -> true;
            case Action.Greylist greylist -> true;
            case Action.KeepAndDrop keep -> true;
        };
    }

    private void refuse(String reply, List<String> about) throws IOException {
        for (String recipient : about) {
            sink.counters().refused(recipient, reply);
        }
        reply(reply);
    }

    private Action at(Stage stage, List<String> about) throws IOException {
        SinkScript script = sink.script();
        if (script.speaksOf(stage)) {
            wire.flush();
        }
        try {
            return script.at(stage, about);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("the sink closes").initCause(closing);
        }
    }

    private void reply(String line) throws IOException {
        wire.write(line + "\r\n");
    }

    /** What stands between the brackets, also where a quoted local part holds a bracket. */
    private static String address(String line) {
        int open = line.indexOf('<');
        if (open < 0) {
            int colon = line.indexOf(':');
            return line.substring(colon + 1).strip();
        }
        int from = open + 1;
        boolean quoted = from < line.length() && line.charAt(from) == '"';
        int close = line.indexOf('>', quoted ? Math.max(line.indexOf("\"@", from), from) : from);
        return line.substring(from, close < 0 ? line.length() : close);
    }
}
