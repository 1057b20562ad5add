package io.postrider.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionIdTest {

    private final MessageIds ids = new MessageIds(InstantSource.fixed(Instant.parse("2026-02-03T04:05:06Z")));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000, SubmissionId.MOST_MESSAGES})
    void saysHowManyMessagesThereAreAndWhatTheyAreCalled(int messages) {
        SubmissionId submission = SubmissionId.of(ids.next(), messages);

        SubmissionId read = SubmissionId.maybe(
                        MessageId.parse(submission.toString()).orElseThrow())
                .orElseThrow();

        assertThat(read).isEqualTo(submission);
        assertThat(read.messages()).isEqualTo(messages);
        Set<MessageId> all = new HashSet<>();
        for (int place = 0; place < messages; place++) {
            all.add(read.message(place));
        }
        assertThat(all).hasSize(messages).doesNotContain(submission.id());
    }

    @Test
    void isTheSameForTheSameIdAndAnotherForAnother() {
        MessageId id = ids.next();

        assertThat(SubmissionId.of(id, 5)).isEqualTo(SubmissionId.of(id, 5));
        assertThat(SubmissionId.of(id, 5).message(3))
                .isEqualTo(SubmissionId.of(id, 9).message(3))
                .isNotEqualTo(SubmissionId.of(ids.next(), 5).message(3));
    }

    @Test
    void keepsTimeAndOrder() {
        MessageId id = ids.next();
        SubmissionId submission = SubmissionId.of(id, 3);

        assertThat(submission.id().high()).isEqualTo(id.high());
        assertThat(submission.message(0).low()).isEqualTo(submission.message(1).low() - 1);
        assertThat(submission.message(1).low()).isEqualTo(submission.message(2).low() - 1);
    }

    @Test
    void isNotWhatTheFirstOfItsMessagesCouldBe() {
        assertThat(SubmissionId.maybe(SubmissionId.of(ids.next(), 3).message(0)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, SubmissionId.MOST_MESSAGES + 1})
    void hasRoomForNoOtherNumber(int messages) {
        MessageId id = ids.next();

        assertThatThrownBy(() -> SubmissionId.of(id, messages)).isInstanceOf(IllegalArgumentException.class);
    }
}
