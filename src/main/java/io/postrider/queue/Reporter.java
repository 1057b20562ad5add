package io.postrider.queue;

import io.postrider.event.QueueEvent.Report;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Makes mail of the reports that queues owe to senders. */
public interface Reporter {

    /**
     * Sees to these reports and says what became of each. Repeating is harmless: a report that the spool has taken once
     * is not made again, also after a crash and after its delivery. What is missing in the answer, and everything when
     * the stage fails, is asked for again later. Returns at once; completes on any thread.
     */
    CompletionStage<List<Report>> report(Domain domain, List<OwedReport> owed);

    /**
     * Tells the senders of these messages that they are late, once for a message at its domain. Answers with those of
     * whom nothing is left to tell; the others are asked for again. Otherwise as {@link #report}.
     */
    CompletionStage<List<MessageId>> late(Domain domain, List<LateMessage> late);
}
