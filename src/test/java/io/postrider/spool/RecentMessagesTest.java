package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {

    private final MessageIds ids = new MessageIds(InstantSource.system());
    private final RecentMessages recent = new RecentMessages(10_000);

    private MessageId add(int bodyBytes, Domain... domains) {
        MessageId id = ids.next();
        List<Reference> references = new ArrayList<>();
        for (Domain domain : domains) {
            references.add(SpoolContract.reference(id, domain, bodyBytes, domains.length, 1));
        }
        recent.add(new Spool.Message(id, new byte[bodyBytes], references));
        return id;
    }

    @Test
    void letsTheOldestGoFirstAndStaysWithinItsBytes() {
        MessageId first = add(3500, SpoolContract.FIRST);
        MessageId second = add(3500, SpoolContract.FIRST);
        MessageId third = add(3500, SpoolContract.FIRST);

        assertThat(recent.ids()).containsExactly(second, third);
        assertThat(recent.stored(first, SpoolContract.FIRST)).isEmpty();
        assertThat(recent.sizeBytes()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void forgetsAMessageWithItsLastReference() {
        MessageId id = add(100, SpoolContract.FIRST, SpoolContract.SECOND);

        recent.release(id, SpoolContract.FIRST);
        recent.release(id, SpoolContract.FIRST);
        assertThat(recent.reference(id, SpoolContract.FIRST)).isEmpty();
        assertThat(recent.reference(id, SpoolContract.SECOND)).isPresent();

        recent.release(id, SpoolContract.SECOND);
        assertThat(recent.sizeBytes()).isZero();
        assertThat(recent.ids()).isEmpty();
    }

    @Test
    void doesNotTakeWhatIsTooLargeForIt() {
        add(20_000, SpoolContract.FIRST);

        assertThat(recent.ids()).isEmpty();
    }
}
