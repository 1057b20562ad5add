package io.postrider.cli;

import io.postrider.cli.inject.Door;
import io.postrider.cli.inject.Injection;
import io.postrider.cli.inject.Injector;
import io.postrider.cli.inject.Report;
import io.postrider.tls.ToolTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code postrider inject}: made-up mail into a relay, and a report on how it was taken. */
@Command(
        name = "inject",
        mixinStandardHelpOptions = true,
        description =
                "A load generator: sends made-up mail over SMTP, pipelined, or over HTTP, and reports how it was taken."
                        + " No message is sent twice. Exit code 0 when every message was accepted.")
final class InjectCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "the relay (default 127.0.0.1:2525, with --http 127.0.0.1:8080)")
    private String server = "";

    @Option(
            names = "--to",
            paramLabel = "ADDR",
            arity = "1..*",
            description = "recipients, taken in turn (default: uN@dM.test, made up)")
    private List<String> to = new ArrayList<>();

    @Option(
            names = "--domains",
            paramLabel = "N",
            defaultValue = "1",
            description = "spread made-up recipients over that many domains, d0.test and on")
    private int domains;

    @Option(
            names = "--from",
            paramLabel = "ADDR",
            defaultValue = "sender@example.test",
            description = "envelope sender (default ${DEFAULT-VALUE})")
    private String from = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1000",
            description = "messages (default ${DEFAULT-VALUE})")
    private long count;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "4096",
            description = "of a message with its header (default ${DEFAULT-VALUE})")
    private int size;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            defaultValue = "20",
            description = "connections at a time (default ${DEFAULT-VALUE})")
    private int sessions;

    @Option(
            names = "--recipients",
            paramLabel = "N",
            defaultValue = "1",
            description = "recipients of each message (default ${DEFAULT-VALUE})")
    private int recipients;

    @Option(
            names = "--per-connection",
            paramLabel = "N",
            defaultValue = "0",
            description = "messages until a connection is closed (default: no bound)")
    private int perConnection;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "messages a second over all connections (default: as they are taken)")
    private int rate;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "append a line with the Message-ID, over HTTP the id, for each recipient accepted")
    private Optional<Path> record = Optional.empty();

    @Option(names = "--persist", description = "keep on trying to connect while nobody listens")
    private boolean persist;

    @Option(names = "--tls", description = "over SMTP: STARTTLS first, whoever's certificate it is")
    private boolean tls;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "over SMTP: log in by AUTH PLAIN, with the password in POSTRIDER_PASSWORD of the environment")
    private String user = "";

    @Option(names = "--http", description = "over HTTP")
    private boolean http;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "with --http: messages in a request, at most 1,000 (default ${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--ndjson", description = "with --batch: as application/x-ndjson, not as one JSON object")
    private boolean lines;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "${env:POSTRIDER_API_KEY:-}",
            description = "with --http: an API key (default: POSTRIDER_API_KEY of the environment, else none)")
    private String key = "";

    @Option(
            names = "--again",
            description = "with --http: an idempotency key for each message, and what got no answer is sent again")
    private boolean again;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Injector injector = new Injector(injection(), door());
        PrintWriter out = spec.commandLine().getOut();
        Terminal terminal = Terminal.standard(out);
        Thread progress = Thread.ofPlatform().daemon().name("inject-progress").start(() -> show(injector, terminal));
        Report report = injector.run();
        progress.interrupt();
        progress.join();
        terminal.progress("");
        out.print(text(report));
        if (report.notSent() > 0) {
            out.println("not sent           " + report.notSent() + ": " + injector.failure());
        }
        out.flush();
        return report.isComplete() ? 0 : 1;
    }

    private Injection injection() {
        try {
            return new Injection(
                    HostAndPort.parse(server.isEmpty() ? http ? "127.0.0.1:8080" : "127.0.0.1:2525" : server),
                    from,
                    to,
                    domains,
                    count,
                    size,
                    sessions,
                    recipients,
                    perConnection,
                    rate,
                    persist,
                    record);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Door door() {
        if (!http && (batch != 1 || lines || again)) {
            throw new ParameterException(spec.commandLine(), "--batch, --ndjson and --again go with --http");
        }
        if (http && (tls || !user.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--tls and --user go with SMTP, not with --http");
        }
        try {
            return http
                    ? new Door.Http(batch, lines, Optional.of(key).filter(k -> !k.isEmpty()), again)
                    : new Door.Smtp(tls ? Optional.of(ToolTls.client()) : Optional.empty(), login());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--batch: " + wrong.getMessage(), wrong);
        } catch (GeneralSecurityException noTls) {
            throw new IllegalStateException(noTls);
        }
    }

    private Optional<Door.Login> login() {
        if (user.isEmpty()) {
            return Optional.empty();
        }
        String password = System.getenv("POSTRIDER_PASSWORD");
        if (password == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected the password of " + user + " in POSTRIDER_PASSWORD, but it is not set");
        }
        return Optional.of(new Door.Login(user, password));
    }

    private void show(Injector injector, Terminal terminal) {
        long before = 0;
        try {
            while (true) {
                Thread.sleep(500);
                long now = injector.accepted();
                terminal.progress("accepted " + now + " of " + count + ", " + (now - before) * 2 + "/s, refused "
                        + injector.refused());
                before = now;
            }
        } catch (InterruptedException done) {
            // The report comes next.
        }
    }

    static String text(Report report) {
        StringBuilder text = new StringBuilder();
        text.append("accepted           ").append(report.accepted()).append(" messages, ");
        text.append(report.recipients()).append(" recipients\n");
        text.append("refused            ").append(report.refused()).append('\n');
        text.append("unknown            ").append(report.unknown());
        text.append(" (connection lost before the answer)\n");
        text.append("lost connections   ").append(report.lostConnections()).append('\n');
        text.append(String.format(
                Locale.ROOT,
                "rate               %.0f messages/s over %.2f s%n",
                report.perSecond(),
                seconds(report.took())));
        text.append(String.format(
                Locale.ROOT,
                "answered within    p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, longest %.2f ms%n",
                millis(report.p50()),
                millis(report.p90()),
                millis(report.p99()),
                millis(report.longest())));
        report.replies().values().forEach(refusal -> text.append("refused with       ")
                .append(refusal.example())
                .append(" (")
                .append(refusal.times())
                .append(" times)\n"));
        return text.toString();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
