package io.postrider.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageIdPartTest {

    private final MessageId submission =
            new MessageIds(InstantSource.fixed(Instant.parse("2026-02-03T04:05:06Z"))).next();

    @Test
    void partZeroIsTheSubmission() {
        assertThat(submission.part(0)).isEqualTo(submission);
    }

    @Test
    void partsDifferSortAndAreUuids() {
        List<MessageId> parts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            parts.add(submission.part(i));
        }

        assertThat(parts).isSorted().doesNotHaveDuplicates();
        for (MessageId part : parts) {
            UUID uuid = UUID.fromString(part.toString());
            assertThat(uuid.version()).isEqualTo(7);
            assertThat(uuid.variant()).isEqualTo(2);
            assertThat(part.acceptedAt()).isEqualTo(submission.acceptedAt());
        }
    }

    @Test
    void keepsTheVariantWhenTheRandomBitsRunOver() {
        MessageId last = new MessageId(submission.high(), -1L >>> 2 | Long.MIN_VALUE);

        assertThat(UUID.fromString(last.part(1).toString()).variant()).isEqualTo(2);
        assertThat(last.part(1)).isNotEqualTo(last);
    }
}
