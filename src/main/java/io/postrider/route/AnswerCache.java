package io.postrider.route;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Answers until their time is over, the longest unused leaving first when there are too many. Safe for all threads. */
final class AnswerCache {

    private record Kept(Answer answer, Instant until) {}

    private final LinkedHashMap<Question, Kept> answers = new LinkedHashMap<>(64, 0.75f, true);
    private final int mostAnswers;
    private final InstantSource clock;

    AnswerCache(int mostAnswers, InstantSource clock) {
        this.mostAnswers = mostAnswers;
        this.clock = clock;
    }

    synchronized Optional<Answer> get(Question question) {
        Kept kept = answers.get(question);
        if (kept == null) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(kept.until)) {
            answers.remove(question);
            return Optional.empty();
        }
        return Optional.of(kept.answer);
    }

    synchronized void put(Question question, Answer answer, Duration ttl) {
        answers.put(question, new Kept(answer, clock.instant().plus(ttl)));
        if (answers.size() > mostAnswers) {
            Map.Entry<Question, Kept> longestUnused =
                    answers.entrySet().iterator().next();
            answers.remove(longestUnused.getKey());
        }
    }

    synchronized int size() {
        return answers.size();
    }
}
