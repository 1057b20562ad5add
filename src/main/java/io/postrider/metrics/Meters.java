package io.postrider.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import kamon.metric.Counter;
import kamon.metric.Gauge;
import kamon.metric.Histogram;
import kamon.metric.MeasurementUnit;
import kamon.metric.Metric;

/**
 * What a node counts and measures. Safe for all threads; a call costs some ten nanoseconds, so batches call once.
 *
 * <p>Counters start at 0 with the process and count recipients. Over the life of a process, with q0 and q1 recipients
 * queued at its start and now:
 *
 * <pre>
 * q0 + accepted = delivered + bounced + expired + cancelled + q1     (once the recorder's lag is 0)
 * deferred     >= recipients that were tried more than once
 * delivery time, count = delivered
 * store sync time, count = store batch size, count
 * </pre>
 *
 * The gauge {@code postrider_books} holds the absolute sums that survive restarts; there accepted = delivered + bounced
 * + expired + cancelled + queued in every scrape.
 */
public final class Meters {

    private final Instruments instruments = new Instruments();
    private final DomainGauges domains;
    private final JvmGauges jvm = new JvmGauges(instruments);
    private final List<Runnable> beforeScrape = new CopyOnWriteArrayList<>();

    private final Counter accepted = counter("postrider.accepted", "Recipients answered 250, and reports");
    private final Counter rejected = counter("postrider.rejected", "Recipients refused on their way in");
    private final Counter rejectedLinesDropped =
            counter("postrider.rejected.lines.dropped", "Log lines about refused mail that found no room");
    private final Counter connectionsRefused =
            counter("postrider.connections.refused", "Connections from clients that were not let in");
    private final Counter handshakes =
            counter("postrider.tls.handshakes", "TLS handshakes with clients that succeeded");
    private final Counter handshakesFailed =
            counter("postrider.tls.handshakes.failed", "TLS handshakes with clients that failed");
    private final Counter logins = counter("postrider.logins", "Log-ins of SMTP clients that succeeded");
    private final Counter loginsFailed = counter("postrider.logins.failed", "Log-ins of SMTP clients that failed");
    private final Metric.Counter handshakesOut =
            instruments.labelledCounter("postrider.tls.out.handshakes", "TLS handshakes with servers, by outcome");
    private final Metric.Counter policyFetches =
            instruments.labelledCounter("postrider.mta.sts.fetches", "Fetches of MTA-STS policies, by result");
    private final Metric.Counter policyFailures = instruments.labelledCounter(
            "postrider.mta.sts.testing.failures", "What MTA-STS policies in testing mode would refuse, by reason");
    private final Counter delivered = counter("postrider.delivered", "Recipients whose server took the message");
    private final Counter deferred = counter("postrider.deferred", "Attempts per recipient that are tried again");
    private final Counter bounced = counter("postrider.bounced", "Recipients refused for good");
    private final Counter expired = counter("postrider.expired", "Recipients given up after their time");
    private final Counter cancelled = counter("postrider.cancelled", "Recipients cancelled by an operator");
    private final Counter reports = counter("postrider.reports", "Reports to senders that were queued");
    private final Counter reportsSuppressed =
            counter("postrider.reports.suppressed", "Reports left out because their sender had its share");
    private final Metric.Counter signed =
            instruments.labelledCounter("postrider.dkim.signed", "Signatures made, by algorithm");
    private final Counter signingFailures =
            counter("postrider.dkim.failures", "Messages that could not be signed and were refused");
    private final Histogram signingTime = time("postrider.dkim.time", "To sign one message, without waiting");
    private final Counter recordFailures = counter("postrider.record.failures", "Batches of records that failed");
    private final Counter storeFailures =
            counter("postrider.store.failures", "Writes of the store that the disk refused, each try");

    private volatile Supplier<List<DomainDepth>> queues = List::of;

    private final LongAdder inboundConnections = new LongAdder();
    private final LongAdder outboundConnections = new LongAdder();

    private final Histogram acceptTime = time("postrider.accept.time", "From the final dot to the 250");
    private final Histogram deliveryTime = time("postrider.delivery.time", "From acceptance to delivery");
    private final Histogram syncTime = time("postrider.store.sync.time", "One synced write of the store");
    private final Histogram batchSize = instruments.histogram(
            "postrider.store.batch.size",
            "Bytes in one synced write",
            MeasurementUnit.information().bytes());

    public Meters(MetricsSettings settings) {
        domains = new DomainGauges(settings.topDomains());
        gauge("postrider.connections.in", "Open SMTP connections from clients", inboundConnections::sum);
        gauge("postrider.connections.out", "Open SMTP connections to servers", outboundConnections::sum);
    }

    /** Recipients of one message that were answered 250, and how long the client waited for that. */
    public void accepted(int recipients, long nanos) {
        accepted.increment(recipients);
        acceptTime.record(nanos);
    }

    /** A report to a sender became mail of its own: one recipient more, which no client waited for. */
    public void reportAccepted() {
        accepted.increment();
        reports.increment();
    }

    public void reportSuppressed() {
        reportsSuppressed.increment();
    }

    /** One message got a signature by each of these algorithms. */
    public void signed(List<String> algorithms, long nanos) {
        algorithms.forEach(algorithm -> signed.withTag("algorithm", algorithm).increment());
        signingTime.record(nanos);
    }

    /** @param outcome established, failed or untrusted */
    public void handshakenOut(String outcome) {
        handshakesOut.withTag("outcome", outcome).increment();
    }

    /** @param result fetched, unreachable, untrusted, refused, malformed or busy */
    public void policyFetched(String result) {
        policyFetches.withTag("result", result).increment();
    }

    /**
     * Mail went to a server that its domain's policy would refuse, were it not in testing mode.
     *
     * @param reason mx, starttls or certificate
     */
    public void policyFailedInTesting(String reason) {
        policyFailures.withTag("reason", reason).increment();
    }

    public void signingFailed() {
        signingFailures.increment();
    }

    public void rejected(int recipients) {
        rejected.increment(recipients);
    }

    public void rejectedLineDropped() {
        rejectedLinesDropped.increment();
    }

    /** What a batch of records says, in recipients. */
    public void recorded(long delivered, long deferred, long bounced, long expired, long cancelled) {
        add(this.delivered, delivered);
        add(this.deferred, deferred);
        add(this.bounced, bounced);
        add(this.expired, expired);
        add(this.cancelled, cancelled);
    }

    /** One recipient, from acceptance to delivery. */
    public void deliveredAfter(long millis) {
        deliveryTime.record(Math.max(0, millis) * 1_000_000);
    }

    public void recordFailed() {
        recordFailures.increment();
    }

    /** The disk refused a write; it is tried again. */
    public void storeFailed() {
        storeFailures.increment();
    }

    /** One synced write of the store. */
    public void synced(long nanos, long bytes) {
        syncTime.record(nanos);
        batchSize.record(bytes);
    }

    /** A client was one too many, or may not connect at all. */
    public void inboundRefused() {
        connectionsRefused.increment();
    }

    /** A client's connection is encrypted from now on. */
    public void handshaken() {
        handshakes.increment();
    }

    /** A client's connection could not be encrypted, and was closed. */
    public void handshakeFailed() {
        handshakesFailed.increment();
    }

    /** A client has shown who it is. */
    public void loggedIn() {
        logins.increment();
    }

    /** A client has claimed to be somebody and not shown it. */
    public void loginFailed() {
        loginsFailed.increment();
    }

    public void inboundOpened() {
        inboundConnections.increment();
    }

    public void inboundClosed() {
        inboundConnections.decrement();
    }

    public void outboundOpened() {
        outboundConnections.increment();
    }

    public void outboundClosed() {
        outboundConnections.decrement();
    }

    /** Shows a number that its owner knows; asked at every scrape, so it must cost little and not block. */
    public void gauge(String name, String description, LongSupplier value) {
        Gauge gauge = instruments.gauge(name, description, MeasurementUnit.none());
        beforeScrape.add(() -> gauge.update((double) value.getAsLong()));
    }

    /** Shows queues by domain; asked at every scrape. The deepest have a label, the others are summed as {@code other}. */
    public void queues(Supplier<List<DomainDepth>> depths) {
        queues = depths;
    }

    /** Shows the latest cut through the books, in recipients by their state; asked at every scrape. */
    public void books(Supplier<Map<String, Long>> byState) {
        Metric.Gauge gauge =
                instruments.labelled("postrider.books", "Recipients over all time, by state", MeasurementUnit.none());
        beforeScrape.add(() -> byState.get()
                .forEach((state, recipients) -> gauge.withTag("state", state).update((double) recipients)));
    }

    /** Shows when certificates expire, by file and in seconds since 1970; asked at every scrape. */
    public void certificates(Supplier<Map<String, Long>> expiryByFile) {
        Metric.Gauge gauge = instruments.labelled(
                "postrider.tls.certificate.expiry",
                "When a certificate of ours expires, since 1970",
                MeasurementUnit.time().seconds());
        beforeScrape.add(() -> expiryByFile.get().forEach((file, second) -> gauge.withTag("file", file)
                .update((double) second)));
    }

    /** Everything in the Prometheus text format. */
    public String expose() {
        beforeScrape.forEach(Runnable::run);
        jvm.update();
        return instruments.expose() + domains.expose(queues.get());
    }

    private Counter counter(String name, String description) {
        return instruments.counter(name, description);
    }

    private Histogram time(String name, String description) {
        return instruments.histogram(name, description, MeasurementUnit.time().nanoseconds());
    }

    private static void add(Counter counter, long more) {
        if (more > 0) {
            counter.increment(more);
        }
    }
}
