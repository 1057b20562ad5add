package io.postrider.cli.inject;

import io.postrider.cli.inject.Report.Refusal;
import io.postrider.cli.wire.Latencies;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what all sessions of one run see. Safe for all threads. */
final class Tally {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder recipients = new LongAdder();
    private final LongAdder lostConnections = new LongAdder();
    private final Map<String, LongAdder> byDomain = new ConcurrentHashMap<>();
    private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();

    void accepted(List<String> takenRecipients, long nanos) {
        accepted.increment();
        latencies.add(nanos);
        recipients.add(takenRecipients.size());
        for (String recipient : takenRecipients) {
            String domain = recipient.substring(recipient.lastIndexOf('@') + 1);
            byDomain.computeIfAbsent(domain, name -> new LongAdder()).increment();
        }
    }

    void refused(String reply) {
        refused.increment();
        seen(reply);
    }

    /** A refusal that did not decide over its message: of one recipient among others. */
    void seen(String reply) {
        String code = reply.length() < 3 ? reply : reply.substring(0, 3);
        refusals.merge(code, new Refusal(reply, 1), (old, more) -> new Refusal(old.example(), old.times() + 1));
    }

    void unknown() {
        unknown.increment();
    }

    void lostConnection() {
        lostConnections.increment();
    }

    long done() {
        return accepted.sum() + refused.sum() + unknown.sum();
    }

    long acceptedSoFar() {
        return accepted.sum();
    }

    long refusedSoFar() {
        return refused.sum();
    }

    long lostSoFar() {
        return lostConnections.sum();
    }

    Report report(long count, Duration took) {
        Map<String, Long> domains = new TreeMap<>();
        byDomain.forEach((domain, number) -> domains.put(domain, number.sum()));
        return new Report(
                accepted.sum(),
                refused.sum(),
                unknown.sum(),
                count - done(),
                recipients.sum(),
                domains,
                lostConnections.sum(),
                new TreeMap<>(refusals),
                took,
                latencies.percentile(0.5),
                latencies.percentile(0.9),
                latencies.percentile(0.99),
                latencies.percentile(1));
    }
}
