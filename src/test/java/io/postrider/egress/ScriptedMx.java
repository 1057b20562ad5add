package io.postrider.egress;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A mail server on a real socket that does as its script says, for tests. Without a script it takes all mail; replies to
 * single commands can be set by the command's beginning. Counts what it sees.
 */
public final class ScriptedMx implements AutoCloseable {

    /** One thing a server does; a script is a list of them, played once per connection. */
    public sealed interface Step {
        record Say(String reply) implements Step {}

        /** Reads lines up to one with this beginning. */
        record Expect(String beginning) implements Step {}

        /** Reads up to the final dot. */
        record ReadBody() implements Step {}

        /** From here on as a server without a script, the greeting and what was said left out. */
        record Serve() implements Step {}

        record HangUp() implements Step {}

        /** Says these bytes as they are. */
        record SayBytes(byte[] bytes) implements Step {}

        /** Waits for a byte. */
        record Await() implements Step {}

        /** Does a server's handshake; what is said from now on is encrypted. */
        record ShakeHands() implements Step {}

        /** Says nothing until the client hangs up. */
        record Stall() implements Step {}
    }

    /** A message as it came: the envelope, and the body with its dots taken away. */
    public record Taken(int connection, String sender, List<String> recipients, byte[] body) {}

    private final ServerSocket listening;
    private final List<List<Step>> scripts = new CopyOnWriteArrayList<>();
    private final Map<String, List<String>> replies = new LinkedHashMap<>();
    private final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    private final List<Long> transactionNanos = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private volatile @Nullable SSLContext tls;
    private volatile boolean asksForCertificate;
    private volatile String[] protocols = {"TLSv1.2", "TLSv1.3"};
    private volatile String capabilitiesUnderTls = "PIPELINING,8BITMIME,SMTPUTF8,SIZE 0";
    private final List<String> encryptions = new CopyOnWriteArrayList<>();
    private final List<String> sessions = new CopyOnWriteArrayList<>();
    private volatile String capabilities = "PIPELINING,8BITMIME,SMTPUTF8,SIZE 0";
    private volatile CountDownLatch dots = new CountDownLatch(0);

    private ScriptedMx() throws IOException {
        listening = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Takes everything. */
    public static ScriptedMx serving() {
        try {
            return new ScriptedMx();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plays this on the first connection; later ones are served unless {@link #then} says more. */
    public static ScriptedMx playing(Step... script) {
        return serving().then(script);
    }

    /** The script of the next connection that has none yet. */
    public ScriptedMx then(Step... script) {
        scripts.add(List.of(script));
        return this;
    }

    /** The EHLO keywords, parted by commas; empty for none. */
    public ScriptedMx offering(String keywords) {
        capabilities = keywords;
        return this;
    }

    /** Offers STARTTLS, and shakes hands so when asked. */
    public ScriptedMx encrypting(SSLContext context) {
        tls = context;
        capabilities = "PIPELINING,8BITMIME,SMTPUTF8,SIZE 0,STARTTLS";
        return this;
    }

    /** The EHLO keywords under TLS, parted by commas. */
    public ScriptedMx offeringUnderTls(String keywords) {
        capabilitiesUnderTls = keywords;
        return this;
    }

    /** Lets nobody in who shows no certificate. */
    public ScriptedMx askingForCertificate() {
        asksForCertificate = true;
        return this;
    }

    public ScriptedMx speakingOnly(String version) {
        protocols = new String[] {version};
        return this;
    }

    /** Version, suite and the name that was asked for (SNI), with the client's name if it showed one, of each handshake. */
    public List<String> encryptions() {
        return List.copyOf(encryptions);
    }

    /** The id of each handshake's session; with TLS 1.2 one that is resumed comes twice. */
    public List<String> sessions() {
        return List.copyOf(sessions);
    }

    /** Answers commands with this beginning so, each time the next reply, the last one for ever; "." is the final dot. */
    public ScriptedMx answering(String beginning, String... lines) {
        synchronized (replies) {
            replies.put(beginning, new ArrayList<>(Arrays.asList(lines)));
        }
        return this;
    }

    /** Answers no final dot until {@link #answerDots}. */
    public ScriptedMx holdingDots() {
        dots = new CountDownLatch(1);
        return this;
    }

    public void answerDots() {
        dots.countDown();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    public Taken take() throws InterruptedException {
        Taken next = taken.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no message came; commands so far: " + commands);
        }
        return next;
    }

    public List<Taken> take(int count) throws InterruptedException {
        List<Taken> all = new ArrayList<>();
        while (all.size() < count) {
            all.add(take());
        }
        return all;
    }

    /** Waits for a command with this beginning and forgets those before it. */
    public String awaitCommand(String beginning) throws InterruptedException {
        while (true) {
            String command = commands.poll(20, TimeUnit.SECONDS);
            if (command == null) {
                throw new AssertionError("no " + beginning + " came");
            }
            if (command.startsWith(beginning)) {
                return command;
            }
        }
    }

    /** Commands that came and were not awaited. */
    public List<String> commands() {
        return List.copyOf(commands);
    }

    public int connections() {
        return connections.get();
    }

    public int mostConnectionsAtOnce() {
        return mostAtOnce.get();
    }

    /** When each MAIL came. */
    public List<Long> transactionNanos() {
        return List.copyOf(transactionNanos);
    }

    /** Hangs up on everybody; new connections are still taken. */
    public void hangUpOnAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        dots.countDown();
        hangUpOnAll();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                int number = connections.incrementAndGet();
                int count = now.incrementAndGet();
                mostAtOnce.accumulateAndGet(count, Math::max);
                Thread.ofVirtual().start(() -> converse(socket, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void converse(Socket socket, int number) {
        List<Step> script = scripts.size() >= number
                ? scripts.get(number - 1)
                : List.of(new Step.Say("220 mx.test ESMTP"), new Step.Serve());
        try (socket) {
            Connection connection = new Connection(socket, number);
            try {
                connection.play(script);
            } finally {
                connection.over();
            }
        } catch (IOException | InterruptedException gone) {
            // The client or the test hung up.
        } finally {
            open.remove(socket);
        }
    }

    private final class Connection {

        private final Socket socket;
        private InputStream in;
        private OutputStream out;
        private boolean encrypted;
        private final int number;
        private boolean over;
        private String sender = "";
        private List<String> recipients = new ArrayList<>();

        Connection(Socket socket, int number) throws IOException {
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream());
            this.number = number;
        }

        /** Counted before the client can know of it, or it would seem to open one too many. */
        void over() {
            if (!over) {
                over = true;
                now.decrementAndGet();
            }
        }

        void play(List<Step> script) throws IOException, InterruptedException {
            for (Step step : script) {
                switch (step) {
                    case Step.Say say -> say(say.reply());
                    case Step.Expect expect -> {
                        String line = line();
                        while (!line.startsWith(expect.beginning())) {
                            line = line();
                        }
                    }
                    case Step.ReadBody body -> body();
                    case Step.Serve serve -> serve();
                    case Step.HangUp hangUp -> {
                        return;
                    }
                    case Step.SayBytes say -> {
                        out.write(say.bytes());
                        out.flush();
                    }
                    case Step.Await await -> {
                        if (in.read() < 0) {
                            return;
                        }
                    }
                    case Step.ShakeHands shake -> shakeHands();
                    case Step.Stall stall -> {
                        while (in.read() >= 0) {}
                    }
                }
            }
        }

        private void serve() throws IOException, InterruptedException {
            while (true) {
                String line = line();
                String usual =
                        switch (line.substring(0, Math.min(4, line.length())).toUpperCase(java.util.Locale.ROOT)) {
                            case "EHLO" -> ehlo();
                            case "MAIL" -> mail(line);
                            case "RCPT" -> "250 2.1.5 OK";
                            case "DATA" -> recipients.isEmpty() ? "554 5.5.1 no valid recipients" : "354 go on";
                            case "RSET" -> {
                                recipients.clear();
                                yield "250 2.0.0 OK";
                            }
                            case "STAR" -> "220 go ahead";
                            case "QUIT" -> "221 2.0.0 bye";
                            default -> "250 OK";
                        };
                String reply = reply(line, usual);
                if (line.startsWith("RCPT") && reply.startsWith("2")) {
                    recipients.add(line.substring(line.indexOf('<') + 1, line.indexOf('>')));
                }
                if (reply.equals("hang up")) {
                    return;
                }
                if (line.equals("QUIT") || reply.startsWith("421")) {
                    over();
                }
                say(reply);
                if (line.equals("STARTTLS") && reply.startsWith("220")) {
                    shakeHands();
                }
                if (line.equals("QUIT") || reply.startsWith("421")) {
                    return;
                }
                if (line.equals("DATA") && reply.startsWith("354")) {
                    byte[] body = body();
                    dots.await();
                    String answer = reply(".", "250 2.0.0 taken");
                    if (answer.equals("hang up")) {
                        return;
                    }
                    if (answer.startsWith("2")) {
                        taken.add(new Taken(number, sender, List.copyOf(recipients), body));
                    }
                    recipients.clear();
                    say(answer);
                }
            }
        }

        private void shakeHands() throws IOException {
            SSLContext context = tls;
            if (context == null) {
                throw new IOException("this server has no certificate");
            }
            SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
            secure.setUseClientMode(false);
            secure.setEnabledProtocols(protocols);
            secure.setNeedClientAuth(asksForCertificate);
            secure.startHandshake();
            ExtendedSSLSession session = (ExtendedSSLSession) secure.getSession();
            String client = asksForCertificate ? " " + session.getPeerPrincipal() : "";
            sessions.add(HexFormat.of().formatHex(session.getId()));
            encryptions.add(session.getProtocol() + " " + session.getCipherSuite() + " "
                    + session.getRequestedServerNames() + client);
            in = new BufferedInputStream(secure.getInputStream());
            out = new BufferedOutputStream(secure.getOutputStream());
            encrypted = true;
        }

        private String mail(String line) {
            transactionNanos.add(System.nanoTime());
            sender = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
            recipients = new ArrayList<>();
            return "250 2.1.0 OK";
        }

        private String ehlo() {
            if (capabilities.isEmpty()) {
                return "250 mx.test";
            }
            String[] keywords = (encrypted ? capabilitiesUnderTls : capabilities).split(",", -1);
            StringBuilder reply = new StringBuilder("250-mx.test\r\n");
            for (int i = 0; i < keywords.length; i++) {
                reply.append(i < keywords.length - 1 ? "250-" : "250 ").append(keywords[i]);
                reply.append(i < keywords.length - 1 ? "\r\n" : "");
            }
            return reply.toString();
        }

        private String reply(String line, String usual) {
            synchronized (replies) {
                for (Map.Entry<String, List<String>> entry : replies.entrySet()) {
                    if (line.startsWith(entry.getKey())) {
                        List<String> left = entry.getValue();
                        String reply = left.size() > 1 ? left.removeFirst() : left.getFirst();
                        return reply.equals("as usual") ? usual : reply;
                    }
                }
            }
            return usual;
        }

        private byte[] body() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                byte[] line = rawLine();
                if (line.length == 3 && line[0] == '.') {
                    return body.toByteArray();
                }
                int start = line[0] == '.' ? 1 : 0;
                body.write(line, start, line.length - start);
            }
        }

        private String line() throws IOException {
            byte[] line = rawLine();
            String text = new String(line, 0, line.length - 2, StandardCharsets.UTF_8);
            commands.add(text);
            return text;
        }

        /** Up to and with CRLF. */
        private byte[] rawLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int last = -1;
            while (true) {
                int b = in.read();
                if (b < 0) {
                    throw new IOException("the client hung up");
                }
                line.write(b);
                if (last == '\r' && b == '\n') {
                    return line.toByteArray();
                }
                last = b;
            }
        }

        private void say(String reply) throws IOException {
            out.write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
