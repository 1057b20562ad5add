package io.postrider.record;

import com.typesafe.config.Config;
import io.postrider.journal.EventReader;
import io.postrider.metrics.Meters;
import io.postrider.spool.Releases;
import io.postrider.spool.Spool;
import io.postrider.store.Family;
import io.postrider.store.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.pekko.actor.typed.Behavior;

/** The recorder of a node and all that others may ask it, put together. */
public final class Records {

    /** What the store is to be opened with. */
    public static final List<Family> FAMILIES = RocksRows.FAMILIES;

    private final Behavior<Recorder.Command> recorder;
    private final Books books;
    private final RecordLag lag;
    private final Rejections rejections;
    private final HistoryReader history;
    private final EventFeed feed;
    private final HistorySearch search;

    private Records(
            Behavior<Recorder.Command> recorder,
            Books books,
            RecordLag lag,
            Rejections rejections,
            HistoryReader history,
            EventFeed feed,
            HistorySearch search) {
        this.recorder = recorder;
        this.books = books;
        this.lag = lag;
        this.rejections = rejections;
        this.history = history;
        this.feed = feed;
        this.search = search;
    }

    /** What a recorder works with. */
    public record Parts(
            Store store, Spool spool, Releases releases, EventReader journal, Meters meters, InstantSource clock) {}

    /**
     * Opens the delivery log and reads the books, so it blocks for a moment.
     *
     * @param postrider the section {@code postrider}
     */
    public static Records open(Config postrider, Parts parts) {
        HistorySettings settings = HistorySettings.from(postrider.getConfig("history"));
        LogSettings logSettings = LogSettings.from(postrider.getConfig("log"));
        EventSettings eventSettings = EventSettings.from(postrider.getConfig("events"));
        StoredFeed feed = new StoredFeed(parts.store(), eventSettings);
        Rows rows = new RocksRows(parts.store(), parts.releases(), feed);
        Books books = new Books();
        DeliveryLog log = new DeliveryLog(
                Path.of(postrider.getString("data-dir")).resolve("log"),
                logSettings,
                parts.clock(),
                postrider.getString("sync").equals("always"));
        Scribe scribe = new Scribe(
                rows,
                new References(parts.spool()),
                parts.journal(),
                log,
                postrider.getString("node.name"),
                books,
                parts.meters(),
                feed,
                parts.clock(),
                settings.cachedQueues());
        scribe.openBooks();
        Rejections rejections = new Rejections(logSettings);
        RecordDesk desk = new RecordDesk(
                scribe,
                parts.journal(),
                rejections,
                parts.meters(),
                settings.keep(),
                eventSettings.keep(),
                parts.clock());
        RecordLag lag = new RecordLag(settings.maxLag());
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "postrider-recorder"));
        return new Records(
                Recorder.create(settings, desk, lag, thread),
                books,
                lag,
                rejections,
                new StoredHistory(parts.store(), rows),
                feed,
                new StoredSearch(parts.store(), settings.maxScan()));
    }

    /** To be spawned once; its thread ends when it stops. */
    public Behavior<Recorder.Command> recorder() {
        return recorder;
    }

    public Books books() {
        return books;
    }

    public RecordLag lag() {
        return lag;
    }

    public Rejections rejections() {
        return rejections;
    }

    public HistoryReader history() {
        return history;
    }

    public HistorySearch search() {
        return search;
    }

    public EventFeed feed() {
        return feed;
    }
}
