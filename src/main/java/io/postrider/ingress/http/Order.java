package io.postrider.ingress.http;

import io.postrider.ingress.Submission;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.spool.Recipient;
import java.time.Instant;
import java.util.List;

/** What a request wants sent: checked, and ready to become messages once their ids are known. Not changed any more. */
interface Order {

    /**
     * A recipient that cannot be taken.
     *
     * @param email as it was given
     */
    record Rejected(String email, String code, String detail) {}

    boolean dryRun();

    Mailbox sender();

    List<Rejected> rejected();

    /** How many messages there will be; 0 when every recipient was rejected. */
    int messages();

    /** Who gets the message at {@code place}, from 0. */
    List<Recipient> recipients(int place);

    /** About as large as each message will be, in bytes. */
    long sizeHint();

    /** Whether making a message may fail, or take long, for what its recipient brings along. */
    boolean isTemplate();

    /**
     * Makes one of the messages.
     *
     * @param place from 0
     * @throws io.postrider.http.Problem when it cannot be made
     */
    Submission message(int place, MessageId id, Submission.Origin origin, Instant now);
}
