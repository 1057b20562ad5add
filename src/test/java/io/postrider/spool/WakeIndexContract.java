package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.spool.WakeIndex.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every wake index does. */
abstract class WakeIndexContract {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Domain DOMAIN = Domain.of("first.example");

    abstract WakeIndex index();

    /** Returns when what was put is visible; {@code restarted} also forgets what is only in memory. */
    abstract void settle(boolean restarted);

    private List<Entry> due(Domain domain, Instant now, int limit) {
        return SpoolContract.get(index().due(WakeIndex.sliceOf(domain), now, limit));
    }

    private static List<Domain> ofOneSlice(int count) {
        List<Domain> domains = new ArrayList<>();
        for (int i = 0; domains.size() < count; i++) {
            Domain domain = Domain.of("d" + i + ".example");
            if (WakeIndex.sliceOf(domain) == 3) {
                domains.add(domain);
            }
        }
        return domains;
    }

    @Test
    void tellsWhatIsDueAndNothingElse() {
        index().put(DOMAIN, NOW);
        settle(true);

        assertThat(due(DOMAIN, NOW.minusMillis(1), 10)).isEmpty();
        assertThat(due(DOMAIN, NOW, 10)).containsExactly(new Entry(DOMAIN, NOW));
        int otherSlice = (WakeIndex.sliceOf(DOMAIN) + 1) % WakeIndex.SLICES;
        assertThat(SpoolContract.get(index().due(otherSlice, NOW, 10))).isEmpty();
    }

    @Test
    void replacesAnEarlierEntry() {
        index().put(DOMAIN, NOW);
        index().put(DOMAIN, NOW.plusSeconds(60));
        settle(false);
        assertThat(due(DOMAIN, NOW, 10)).isEmpty();

        index().put(DOMAIN, NOW.minusSeconds(60));
        index().put(DOMAIN, NOW.minusSeconds(60));
        settle(true);
        assertThat(due(DOMAIN, NOW, 10)).containsExactly(new Entry(DOMAIN, NOW.minusSeconds(60)));
        assertThat(due(DOMAIN, NOW.plusSeconds(99), 10)).containsExactly(new Entry(DOMAIN, NOW.minusSeconds(60)));
    }

    @Test
    void forgetsWhatIsRemoved() {
        index().put(DOMAIN, NOW);
        index().remove(DOMAIN);
        index().remove(DOMAIN);
        settle(false);
        assertThat(due(DOMAIN, NOW, 10)).isEmpty();

        index().put(DOMAIN, NOW);
        settle(true);
        assertThat(due(DOMAIN, NOW, 10)).containsExactly(new Entry(DOMAIN, NOW));
    }

    @Test
    void givesTheOldestFirstAndNoMoreThanAskedFor() {
        List<Domain> domains = ofOneSlice(5);
        for (int i = 0; i < 5; i++) {
            index().put(domains.get(i), NOW.minusSeconds(i));
        }
        settle(false);

        assertThat(due(domains.get(0), NOW, 2))
                .containsExactly(
                        new Entry(domains.get(4), NOW.minusSeconds(4)), new Entry(domains.get(3), NOW.minusSeconds(3)));
    }
}
