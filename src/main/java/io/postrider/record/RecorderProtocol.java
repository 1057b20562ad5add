package io.postrider.record;

import io.postrider.event.QueueEvent;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What queues and the recorder say to each other. */
public final class RecorderProtocol {

    private RecorderProtocol() {}

    /**
     * These events are in the journal, in this order and without a gap among them. What is missing before the first is
     * read from the journal, what is recorded already is not recorded again; so repeating it is harmless.
     *
     * @param firstSequenceNr of the first event
     * @param events empty when a queue has just recovered: it only asks how far the recorder is, and everything below
     *     {@code firstSequenceNr} that is not yet recorded is in the journal
     * @param replyTo gets {@link Recorded} once rows, log and releases are durable
     */
    public record Persisted(
            String persistenceId,
            Domain domain,
            long firstSequenceNr,
            List<QueueEvent> events,
            ActorRef<Recorded> replyTo)
            implements Recorder.Command {}

    /**
     * Everything up to this event is recorded, and the references of these messages are released, both durably: the
     * queue may trim its journal to there and forget these ids. Every message whose last recipient was settled by an
     * event up to there is released, also where an earlier life of the queue was told so and the list is empty.
     */
    public record Recorded(String persistenceId, long upToSequenceNr, List<MessageId> released) {}
}
