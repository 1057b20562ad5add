package io.postrider.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.mail.Reply;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.record.Scribe.Piece;
import io.postrider.record.Scribe.Written;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.RocksSpool;
import io.postrider.spool.Spool.Message;
import io.postrider.spool.SpoolSettings;
import io.postrider.store.Family;
import io.postrider.store.TemporaryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Scribe, rows, log and spool over a store in a temporary directory, and the words to tell what happened. */
final class RecordFixture implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-05-17T10:00:00.250Z");
    static final Domain DOMAIN = Domain.of("example.com");
    static final String QUEUE = "queue|example.com";
    static final Reply OK = Reply.of(250, "2.0.0", "queued as 7F3A");
    static final Reply BUSY = Reply.of(451, "4.3.2", "come back later");
    static final Via VIA = new Via(
            "mx.example.net",
            "mx1.example.net",
            "192.0.2.7",
            "default",
            new Via.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "verify", "mx1.example.net"));

    private static final ObjectMapper JSON = new ObjectMapper();

    final HandClock clock = new HandClock(NOW);
    final MessageIds ids = new MessageIds(clock);
    final ScriptedJournal journal = new ScriptedJournal();
    final Meters meters = new Meters(new MetricsSettings(10));
    final Path logs;
    private final TemporaryStore temporary;
    Rejections rejections;
    RocksSpool spool;
    RocksRows rows;
    StoredFeed feed;
    Books books;
    Scribe scribe;

    RecordFixture() {
        this(Duration.ofMillis(20));
    }

    /** @param lazySync how long the store may leave rows unsynced that nobody waits for */
    RecordFixture(Duration lazySync) {
        List<Family> families = new ArrayList<>(RocksSpool.FAMILIES);
        families.addAll(RocksRows.FAMILIES);
        temporary = TemporaryStore.with(families, lazySync);
        logs = temporary.directory().resolve("log");
        start();
    }

    /** As after a restart of the process. */
    void restart() {
        scribe.close();
        temporary.reopen();
        start();
    }

    private void start() {
        spool = RocksSpool.open(
                temporary.store(), SpoolSettings.from(ConfigFactory.load().getConfig("postrider")));
        feed = new StoredFeed(temporary.store(), eventSettings());
        rows = new RocksRows(temporary.store(), spool, feed);
        books = new Books();
        rejections = new Rejections(logSettings());
        scribe = scribe(rows);
        scribe.openBooks();
    }

    Scribe scribe(Rows over) {
        DeliveryLog log = new DeliveryLog(logs, logSettings(), clock, true);
        return new Scribe(over, new References(spool), journal, log, "relay-1", books, meters, feed, clock, 100);
    }

    RecordDesk desk() {
        return new RecordDesk(scribe, journal, rejections, meters, Duration.ofDays(14), Duration.ofDays(3), clock);
    }

    HistoryReader history() {
        return new StoredHistory(temporary.store(), rows);
    }

    static EventSettings eventSettings() {
        return new EventSettings(Duration.ofDays(3), 1 << 20, 64 * 1024);
    }

    HistorySearch search(int maxScan) {
        return new StoredSearch(temporary.store(), maxScan);
    }

    static LogSettings logSettings() {
        return new LogSettings(1 << 20, Duration.ofDays(14), 10, 2);
    }

    /** A message that the spool has, with this many recipients at the domain. */
    MessageId accepted(int recipients) {
        return accepted(recipients, "sender@example.org", "");
    }

    MessageId accepted(int recipients, String sender, String owner) {
        MessageId id = ids.next();
        List<Recipient> to = new ArrayList<>();
        for (int i = 0; i < recipients; i++) {
            to.add(Recipient.of(i, Mailbox.of("user" + i + "@example.com")));
        }
        Reference reference = new Reference(
                id,
                DOMAIN,
                Mailbox.of(sender),
                to,
                new Labels("acme", "spring", "bulk", "default", List.of("a", "b"), Map.of("order", "17\"")),
                Optional.empty(),
                NOW.plus(Duration.ofDays(5)),
                owner,
                "relay-in",
                "s-1",
                5,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
        spool.accept(new Message(id, "hello".getBytes(StandardCharsets.US_ASCII), List.of(reference)))
                .toCompletableFuture()
                .join();
        return id;
    }

    Accepted acceptedEvent(MessageId id, int recipients) {
        Entry entry = new Entry(id, recipients, clock.instant(), clock.instant().plusSeconds(9), 1, 5);
        return new Accepted(List.of(entry), List.of(), clock.instant());
    }

    Settled settled(MessageId id, Kind kind, Integer... positions) {
        List<Result> results = Stream.of(positions)
                .map(position -> new Result(position, kind, OK, false))
                .toList();
        return new Settled(List.of(new Settlement(id, 1, Optional.of(VIA), results)), clock.instant());
    }

    Settled settledToReport(MessageId id, Kind kind, Integer... positions) {
        List<Result> results = Stream.of(positions)
                .map(position -> new Result(position, kind, BUSY, false, true))
                .toList();
        return new Settled(List.of(new Settlement(id, 1, Optional.of(VIA), results)), clock.instant());
    }

    Reported reported(MessageId id, Integer... positions) {
        return new Reported(List.of(new Report(id, List.of(positions), Ending.QUEUED)), clock.instant());
    }

    Deferred deferred(MessageId id, Integer... positions) {
        List<Result> results = Stream.of(positions)
                .map(position -> new Result(position, Kind.DEFERRED, BUSY, true))
                .toList();
        Instant due = clock.instant().plusSeconds(300);
        return new Deferred(List.of(new Deferral(id, 1, due, Optional.of(VIA), results)), clock.instant());
    }

    Written record(long firstSequenceNr, io.postrider.event.QueueEvent... events) {
        return scribe.record(List.of(new Piece(QUEUE, DOMAIN, firstSequenceNr, List.of(events))))
                .get(QUEUE);
    }

    boolean spoolHas(MessageId id) {
        return !spool.references(DOMAIN, List.of(id))
                .toCompletableFuture()
                .join()
                .isEmpty();
    }

    Totals totals() {
        return books.totals(spool).toCompletableFuture().join();
    }

    /** The lines of the delivery log. */
    List<String> logged() {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    List<JsonNode> lines() {
        List<JsonNode> lines = new ArrayList<>();
        try {
            for (String line : logged()) {
                lines.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    List<String> eventIds() {
        return lines().stream().map(line -> line.path("event_id").asText()).toList();
    }

    @Override
    public void close() {
        scribe.close();
        temporary.close();
    }
}
