package io.postrider.cli.inject;

import java.time.Duration;
import java.util.Map;

/**
 * What became of the messages of one {@link Injection}, in messages but for the recipients.
 *
 * @param accepted answered 250 after the final dot, or 202
 * @param refused answered otherwise, at any command; never sent again
 * @param unknown the connection was lost between the end of the message and its answer; never sent again
 * @param notSent left over when nobody listened any more
 * @param recipients of the accepted messages, accepted themselves
 * @param recipientsByDomain the same by their domain
 * @param lostConnections connections that failed or ended before their time
 * @param replies the refusing replies, by their code, with one example and their number
 * @param p50 from the final dot, or the end of the request, to its answer
 */
public record Report(
        long accepted,
        long refused,
        long unknown,
        long notSent,
        long recipients,
        Map<String, Long> recipientsByDomain,
        long lostConnections,
        Map<String, Refusal> replies,
        Duration took,
        Duration p50,
        Duration p90,
        Duration p99,
        Duration longest) {

    /** A refusing reply as it first came, and how often its code came. */
    public record Refusal(String example, long times) {}

    public boolean isComplete() {
        return refused == 0 && unknown == 0 && notSent == 0;
    }

    public double perSecond() {
        return accepted / Math.max(took.toNanos() / 1e9, 1e-9);
    }
}
