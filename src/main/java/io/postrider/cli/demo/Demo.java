package io.postrider.cli.demo;

import io.postrider.Configuration;
import io.postrider.cli.ask.AdminClient;
import io.postrider.cli.inject.Injection;
import io.postrider.cli.inject.Injector;
import io.postrider.cli.inject.Report;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Plays the demo on a node of its own: sends the mail, watches until every message has reached its end, and tells the
 * story. Used once, by one thread.
 */
public final class Demo implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);
    private static final int SESSIONS = 5;

    /** Slow enough to watch. */
    private static final int MESSAGES_PER_SECOND = 400;

    private final Stage stage;
    private final StartedNode node;
    private final AdminClient admin;
    private final Map<Cast, Duration> doneAfter = new LinkedHashMap<>();

    private Demo(Stage stage, StartedNode node) {
        this.stage = stage;
        this.node = node;
        this.admin = new AdminClient(URI.create(url(node.admin())));
    }

    /** Where the story is told. */
    public interface Teller {
        /** A line that is written over by the next. Nobody may be watching. */
        void progress(String line);

        /** A line that stays. */
        void line(String line);

        /** The same, where only a plain log is written. */
        void milestone(String line);
    }

    /** @param directory gets the node's configuration and data */
    public static Demo start(StartedNode.Starter starter, Path directory) throws Exception {
        Stage stage = Stage.open();
        Path file = directory.resolve("postrider.conf");
        try {
            Files.writeString(file, stage.configuration(directory.resolve("data")));
            return new Demo(stage, starter.start(Configuration.load(Optional.of(file), Map.of())));
        } catch (Exception failed) {
            stage.close();
            throw failed;
        }
    }

    /** Sends everything and waits for its end. @return whether the books balance */
    public boolean play(Teller teller) throws IOException, InterruptedException {
        long from = System.nanoTime();
        Injector injector = new Injector(Injection.of(node.smtp(), Cast.messagesInAll())
                .to(Cast.recipients())
                .sessions(SESSIONS)
                .perSecond(MESSAGES_PER_SECOND));
        CompletableFuture<Report> injection = CompletableFuture.supplyAsync(() -> run(injector));
        Totals totals = watch(teller, injector, injection, from);
        Report report = injection.join();
        Books books = new Books(totals, report.recipients(), stage.reports(), stage.received(), stage.refused());
        new Story(stage, doneAfter).tell(teller);
        teller.line("The books");
        books.lines().forEach(line -> teller.line("  " + line));
        teller.line("");
        if (books.balance()) {
            teller.line("They balance: every message that was accepted has reached its end, and two counts that know"
                    + " nothing of the node agree.");
        } else {
            books.complaints().forEach(complaint -> teller.line("They do not balance: " + complaint + "."));
        }
        return books.balance();
    }

    public InetSocketAddress smtp() {
        return node.smtp();
    }

    public String adminUrl() {
        return url(node.admin());
    }

    public String metricsUrl() {
        return url(node.metrics());
    }

    @Override
    public void close() throws IOException {
        try {
            node.stop()
                    .toCompletableFuture()
                    .orTimeout(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            throw new IOException("the node did not stop: " + failed.getMessage(), failed);
        } finally {
            stage.close();
        }
    }

    private Totals watch(Teller teller, Injector injector, CompletableFuture<Report> injection, long from)
            throws IOException, InterruptedException {
        int glances = 0;
        while (true) {
            boolean injected = injection.isDone();
            Totals totals = Totals.of(admin.get("/v1/totals"));
            Duration passed = Duration.ofNanos(System.nanoTime() - from);
            for (Cast destination : Cast.ALL) {
                if (destination.isDone(stage.counts(destination))) {
                    doneAfter.putIfAbsent(destination, passed);
                }
            }
            String now = progress(totals, injector, passed);
            teller.progress(now);
            if (glances++ % 10 == 0) {
                teller.milestone(now);
            }
            boolean ended =
                    injected && totals.queued() == 0 && totals.accepted() >= injector.accepted() + stage.refused();
            if (ended || passed.compareTo(PATIENCE) > 0) {
                teller.progress("");
                return totals;
            }
            Thread.sleep(GLANCE);
        }
    }

    private String progress(Totals totals, Injector injector, Duration passed) {
        return String.format(
                Locale.ROOT,
                "%4.1f s: sent %d of %d, delivered %d, deferred %d times, bounced %d, queued %d",
                passed.toMillis() / 1000.0,
                injector.accepted(),
                Cast.messagesInAll(),
                totals.delivered(),
                stage.deferred(),
                totals.bounced(),
                totals.queued());
    }

    private static Report run(Injector injector) {
        try {
            return injector.run();
        } catch (IOException | InterruptedException failed) {
            throw new CompletionException(failed);
        }
    }

    private static String url(InetSocketAddress address) {
        return "http://127.0.0.1:" + address.getPort();
    }
}
