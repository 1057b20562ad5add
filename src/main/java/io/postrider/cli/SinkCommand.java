package io.postrider.cli;

import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkCounts;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.tls.CertificateFiles;
import io.postrider.tls.Identity;
import io.postrider.tls.ToolTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code postrider sink}: a receiving mail server until it is interrupted. */
@Command(
        name = "sink",
        mixinStandardHelpOptions = true,
        description =
                "A receiving mail server for tests: takes mail, counts it, misbehaves as told. Ends with Ctrl-C or"
                        + " SIGTERM and then says what came.",
        footer = {"", SinkScript.HELP, "The script is read again when its file changes."})
final class SinkCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--port", defaultValue = "2526", description = "port, 0: a free one (default ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDR",
            defaultValue = "127.0.0.1",
            description = "local address (default ${DEFAULT-VALUE})")
    private String bind = "";

    @Option(names = "--script", paramLabel = "FILE", description = "how to misbehave; see below")
    private Optional<Path> script = Optional.empty();

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "append a line with the Message-ID for each recipient received")
    private Optional<Path> record = Optional.empty();

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description = "keep each message as NNNNNN.eml, its envelope as NNNNNN.env")
    private Optional<Path> store = Optional.empty();

    @Option(
            names = "--starttls",
            description =
                    "offer STARTTLS, with a certificate for sink.test that is made for the run and signed by nobody")
    private boolean startTls;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "offer STARTTLS with this one (PEM: chain and key, as in many servers' settings)")
    private Optional<Path> certificate = Optional.empty();

    @Option(names = "--every", paramLabel = "SECONDS", description = "say so often what came so far")
    private int everySeconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new ParameterException(spec.commandLine(), "expected a --port from 0 to 65535, but got " + port);
        }
        SinkSettings settings =
                new SinkSettings(new InetSocketAddress(bind, port), "sink.test", read(script), record, store, tls());
        PrintWriter out = spec.commandLine().getOut();
        CountDownLatch ended = new CountDownLatch(1);
        Sink sink = Sink.start(settings);
        out.println("sink: listening on " + bind + ":" + sink.port());
        out.flush();
        Thread.ofPlatform().daemon().name("sink-script").start(() -> watch(sink, ended));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(sink, out), "sink-end"));
        if (everySeconds > 0) {
            while (true) {
                Thread.sleep(everySeconds * 1000L);
                SinkCounts.Snapshot counts = sink.counts();
                out.println("sink: " + counts.messages() + " messages, " + counts.recipients() + " recipients, "
                        + counts.deferred() + " deferred, " + counts.rejected() + " rejected");
                out.flush();
            }
        }
        ended.await();
        return 0;
    }

    private static void end(Sink sink, PrintWriter out) {
        try {
            sink.close();
        } catch (IOException failed) {
            System.err.println("sink: " + failed.getMessage());
        }
        summary(sink.counts()).lines().forEach(out::println);
        out.flush();
    }

    static String summary(SinkCounts.Snapshot counts) {
        StringBuilder text = new StringBuilder("sink: " + counts.messages() + " messages, " + counts.recipients()
                + " recipients, " + counts.bytes() + " bytes, " + counts.connections() + " connections"
                + (counts.secured() == 0 ? "" : " (" + counts.secured() + " under TLS)") + ", "
                + counts.deferred() + " deferred, " + counts.rejected() + " rejected\n");
        int shown = 0;
        for (var domain : counts.domains().entrySet()) {
            if (++shown > 20) {
                text.append("sink:   and ").append(counts.domains().size() - 20).append(" more domains\n");
                break;
            }
            text.append("sink:   ")
                    .append(domain.getKey())
                    .append(": ")
                    .append(domain.getValue().received())
                    .append(" received, ")
                    .append(domain.getValue().deferred())
                    .append(" deferred, ")
                    .append(domain.getValue().rejected())
                    .append(" rejected\n");
        }
        return text.toString();
    }

    private Optional<SSLContext> tls() throws IOException {
        if (!startTls && certificate.isEmpty()) {
            return Optional.empty();
        }
        try {
            Identity identity = certificate.isPresent()
                    ? Identity.read(new CertificateFiles(certificate.get(), certificate.get(), Optional.empty()))
                    : ToolTls.selfSigned("sink.test", Instant.now());
            return Optional.of(ToolTls.server(identity));
        } catch (GeneralSecurityException unusable) {
            throw new IOException("TLS cannot be offered: " + unusable.getMessage(), unusable);
        }
    }

    private SinkScript read(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return SinkScript.friendly();
        }
        try {
            return SinkScript.parse(Files.readString(file.get()));
        } catch (NoSuchFileException missing) {
            throw new ParameterException(spec.commandLine(), "there is no script " + file.get(), missing);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), file.get() + ", " + wrong.getMessage(), wrong);
        }
    }

    /** A changed script counts from the next command on; a wrong one changes nothing. */
    private void watch(Sink sink, CountDownLatch ended) {
        if (script.isEmpty()) {
            return;
        }
        Path file = script.get();
        Optional<FileTime> seen = modified(file);
        while (ended.getCount() > 0) {
            try {
                Thread.sleep(500);
                Optional<FileTime> now = modified(file);
                if (now.isPresent() && !now.equals(seen)) {
                    seen = now;
                    sink.script(read(script));
                    System.err.println("sink: read " + file + " again");
                }
            } catch (InterruptedException ending) {
                return;
            } catch (IOException | ParameterException wrong) {
                System.err.println("sink: kept the old script: " + wrong.getMessage());
            }
        }
    }

    private static Optional<FileTime> modified(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
