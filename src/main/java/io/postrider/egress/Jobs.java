package io.postrider.egress;

import io.postrider.smtp.Envelope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The messages that a transport was given: those that wait, and those of which the conversation speaks already. */
final class Jobs {

    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    /** At most the one being sent, the one before it that waits for its last reply, and the one after it. */
    private final List<Job> underWay = new ArrayList<>(3);

    void add(List<Job> more) {
        waiting.addAll(more);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The one whose turn it is, out of the line. */
    Job next() {
        return waiting.remove();
    }

    void started(Job job) {
        underWay.add(job);
    }

    Job underWay(Envelope envelope) {
        for (Job job : underWay) {
            if (job.isFor(envelope)) {
                return job;
            }
        }
        throw new IllegalStateException("no job for " + envelope.message());
    }

    /** The conversation is done with it. */
    Job end(Envelope envelope) {
        Job job = underWay(envelope);
        underWay.remove(job);
        return job;
    }

    /** Those that wait, out of the line. */
    List<Job> handBack() {
        List<Job> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
