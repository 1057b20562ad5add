package io.postrider.doctor;

import io.postrider.route.DnsRecords;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Asks each question once, and ends: after so many questions, or so long, nothing is known any more. */
final class BoundedDns implements DnsRecords {

    private static final int MOST_QUESTIONS = 500;

    private record Key(String name, Kind kind) {}

    private final DnsRecords dns;
    private final LongSupplier nanos;
    private final long since;
    private final Duration longest;
    private final Map<Key, Found> known = new HashMap<>();

    BoundedDns(DnsRecords dns, LongSupplier nanos, Duration longest) {
        this.dns = dns;
        this.nanos = nanos;
        this.since = nanos.getAsLong();
        this.longest = longest;
    }

    @Override
    public Found find(String name, Kind kind) {
        Key key = new Key(name, kind);
        Found found = known.get(key);
        if (found != null) {
            return found;
        }
        if (known.size() >= MOST_QUESTIONS) {
            return new Found.Unknown("more than " + MOST_QUESTIONS + " questions");
        }
        if (nanos.getAsLong() - since > longest.toNanos()) {
            return new Found.Unknown("no answer within " + longest.toSeconds() + " s for all questions together");
        }
        Found answer = dns.find(name, kind);
        known.put(key, answer);
        return answer;
    }
}
