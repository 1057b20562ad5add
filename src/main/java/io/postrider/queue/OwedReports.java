package io.postrider.queue;

import io.postrider.mail.MessageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reports that a queue owes, the oldest first. Part of {@link QueueState}. */
final class OwedReports {

    private record Key(MessageId message, int first) {}

    private final Map<Key, OwedReport> reports = new LinkedHashMap<>();
    private final Map<MessageId, Integer> perMessage = new HashMap<>();

    void add(OwedReport report) {
        if (reports.put(new Key(report.message(), report.first()), report) == null) {
            perMessage.merge(report.message(), 1, Integer::sum);
        }
    }

    /** False when it was not owed. */
    boolean remove(MessageId message, List<Integer> positions) {
        for (int position : positions) {
            if (reports.remove(new Key(message, position)) != null) {
                perMessage.computeIfPresent(message, (id, count) -> count == 1 ? null : count - 1);
                return true;
            }
        }
        return false;
    }

    boolean concern(MessageId message) {
        return !perMessage.isEmpty() && perMessage.containsKey(message);
    }

    /** Those longest owed. */
    List<OwedReport> oldest(int limit) {
        List<OwedReport> oldest = new ArrayList<>(Math.min(limit, reports.size()));
        for (OwedReport report : reports.values()) {
            if (oldest.size() == limit) {
                break;
            }
            oldest.add(report);
        }
        return oldest;
    }

    Collection<OwedReport> all() {
        return reports.values();
    }

    int size() {
        return reports.size();
    }

    boolean isEmpty() {
        return reports.isEmpty();
    }
}
