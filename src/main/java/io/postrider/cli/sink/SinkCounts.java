package io.postrider.cli.sink;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a sink has seen so far. Messages and recipients count when their final reply is positive. Safe for all threads. */
public final class SinkCounts {

    private final LongAdder connections = new LongAdder();
    private final LongAdder secured = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Map<String, DomainCounts> domains = new ConcurrentHashMap<>();

    /**
     * A copy of the counters at one time.
     *
     * @param secured connections that went on under TLS
     * @param domains sorted by name
     */
    public record Snapshot(long connections, long secured, long messages, long bytes, Map<String, Domain> domains) {

        public long recipients() {
            return domains.values().stream().mapToLong(Domain::received).sum();
        }

        public long deferred() {
            return domains.values().stream().mapToLong(Domain::deferred).sum();
        }

        public long rejected() {
            return domains.values().stream().mapToLong(Domain::rejected).sum();
        }

        /** Zeroes for a domain that never came. */
        public Domain domain(String name) {
            return domains.getOrDefault(name, new Domain(0, 0, 0));
        }
    }

    /**
     * Recipients of one domain.
     *
     * @param received how many were accepted together with their message
     * @param deferred how many times one was answered 4yz, or its message was
     * @param rejected how many times one was answered 5yz, or its message was
     */
    public record Domain(long received, long deferred, long rejected) {}

    public Snapshot snapshot() {
        Map<String, Domain> copy = new TreeMap<>();
        domains.forEach((name, counts) -> copy.put(name, counts.snapshot()));
        return new Snapshot(connections.sum(), secured.sum(), messages.sum(), bytes.sum(), copy);
    }

    /** Recipients received so far, without a copy of everything. */
    public long recipients() {
        long sum = 0;
        for (DomainCounts counts : domains.values()) {
            sum += counts.received.sum();
        }
        return sum;
    }

    void connected() {
        connections.increment();
    }

    void secured() {
        secured.increment();
    }

    void received(Iterable<String> recipients, long size) {
        messages.increment();
        bytes.add(size);
        for (String recipient : recipients) {
            of(recipient).received.increment();
        }
    }

    /** A negative reply to this recipient or to its message. */
    void refused(String recipient, String reply) {
        switch (reply.charAt(0)) {
            case '4' -> of(recipient).deferred.increment();
            case '5' -> of(recipient).rejected.increment();
            default -> {}
        }
    }

    private DomainCounts of(String recipient) {
        String domain = recipient.substring(recipient.lastIndexOf('@') + 1);
        return domains.computeIfAbsent(domain, name -> new DomainCounts());
    }

    private static final class DomainCounts {
        final LongAdder received = new LongAdder();
        final LongAdder deferred = new LongAdder();
        final LongAdder rejected = new LongAdder();

        Domain snapshot() {
            return new Domain(received.sum(), deferred.sum(), rejected.sum());
        }
    }
}
