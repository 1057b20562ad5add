package io.postrider.egress;

import io.postrider.mail.MessageId;
import io.postrider.mail.Outcome;
import io.postrider.smtp.Envelope;
import java.util.List;

/**
 * What a transport tells its borrower: everything that one read settled, and what gathered before.
 *
 * @param notTried never answered for by the server, in the order they were given
 * @param transactions started since the last progress
 * @param starved work waits for a permit alone
 * @param ended the transport is gone; everything given to it is in this progress or an earlier one
 */
record Progress(
        Transport transport,
        List<Done> done,
        List<MessageId> notTried,
        int transactions,
        boolean starved,
        boolean ended)
        implements ToConnection {

    /** What became of each recipient of the envelope, in its order. */
    record Done(Envelope envelope, List<Outcome> outcomes) {}
}
