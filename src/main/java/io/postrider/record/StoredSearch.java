package io.postrider.record;

import io.postrider.mail.RecipientId;
import io.postrider.record.AddressIndex.Side;
import io.postrider.record.HistoryEntry.Envelope;
import io.postrider.store.Store;
import io.postrider.store.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Searches the rows of the history, by the index of addresses where that helps. */
final class StoredSearch implements HistorySearch {

    private static final byte[] BEHIND_ALL = {(byte) 0xFF};

    private final Store store;
    private final Table history;
    private final AddressIndex addresses;
    private final int maxScan;

    StoredSearch(Store store, int maxScan) {
        this.store = store;
        this.history = store.table(RocksRows.HISTORY);
        this.addresses = new AddressIndex(store);
        this.maxScan = maxScan;
    }

    @Override
    public CompletionStage<Found> find(Wanted wanted, int limit) {
        return store.reading(() -> new Search(wanted, limit).run());
    }

    /** One search as it goes on. */
    private final class Search {
        private final Wanted wanted;
        private final int limit;
        private final List<Hit> hits = new ArrayList<>();
        private Optional<RecipientId> last = Optional.empty();
        private boolean cut;
        private int looked;

        Search(Wanted wanted, int limit) {
            this.wanted = wanted;
            this.limit = limit;
        }

        Found run() {
            if (wanted.recipient().isPresent()) {
                byIndex(Side.RECIPIENT, wanted.recipient().get());
            } else if (wanted.sender().isPresent()) {
                byIndex(Side.SENDER, wanted.sender().get());
            } else {
                byTime();
            }
            return new Found(hits, cut ? last : Optional.empty());
        }

        private void byIndex(Side side, String address) {
            addresses.find(side, address, wanted.before(), wanted.since(), id -> {
                if (cutHere()) {
                    return false;
                }
                List<HistoryEntry> entries = new ArrayList<>(4);
                store.scan(
                        history,
                        HistoryRow.prefix(id.message(), id.index()),
                        HistoryRow.prefix(id.message(), id.index() + 1),
                        (key, value) -> entries.add(HistoryRow.read(key, value)));
                looked(id, entries);
                return true;
            });
        }

        private void byTime() {
            byte[] from = HistoryRow.firstKeyAt(wanted.since().orElse(Instant.EPOCH));
            byte[] end = wanted.before()
                    .map(id -> HistoryRow.prefix(id.message(), id.index()))
                    .orElse(BEHIND_ALL);
            List<HistoryEntry> entries = new ArrayList<>(4);
            RecipientId[] current = new RecipientId[1];
            store.scanBack(history, from, end, (key, value) -> {
                RecipientId id = HistoryRow.recipient(key);
                if (!entries.isEmpty() && !id.equals(current[0])) {
                    looked(current[0], entries);
                    entries.clear();
                    if (cutHere()) {
                        return false;
                    }
                }
                current[0] = id;
                entries.add(HistoryRow.read(key, value));
                return true;
            });
            if (!entries.isEmpty()) {
                looked(current[0], entries);
            }
        }

        /** Called with one recipient at hand that is not looked at then: so there is a next page only with something in it. */
        private boolean cutHere() {
            cut = hits.size() >= limit || looked >= maxScan;
            return cut;
        }

        private void looked(RecipientId id, List<HistoryEntry> entries) {
            looked += 1 + entries.size();
            if (id.index() >= 0) { // what lost its reference has no id to go on from
                last = Optional.of(id);
            }
            hit(id, entries).ifPresent(hits::add);
        }

        private Optional<Hit> hit(RecipientId id, List<HistoryEntry> entries) {
            for (HistoryEntry entry : entries) {
                if (entry.envelope().isPresent() && fits(id, entry.envelope().get())) {
                    RecipientStatus status = RecipientStatus.of(entries);
                    return wanted.status().isEmpty() || wanted.status().get() == status
                            ? Optional.of(
                                    new Hit(id, entry.domain(), entry.envelope().get(), status))
                            : Optional.empty();
                }
            }
            return Optional.empty();
        }

        private boolean fits(RecipientId id, Envelope envelope) {
            return wanted.recipient()
                            .map(envelope.recipient()::equalsIgnoreCase)
                            .orElse(true)
                    && wanted.sender().map(envelope.sender()::equalsIgnoreCase).orElse(true)
                    && wanted.tenant().map(envelope.tenant()::equals).orElse(true)
                    && wanted.owner().map(envelope.owner()::equals).orElse(true)
                    && !wanted.since().map(id.message().acceptedAt()::isBefore).orElse(false);
        }
    }
}
