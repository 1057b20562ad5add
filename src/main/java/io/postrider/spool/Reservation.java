package io.postrider.spool;

import io.postrider.mail.MessageId;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered of a submission that came with a key of its own.
 *
 * @param name owner and key
 * @param payload what was submitted under it
 * @param id of the submission, and of the message where it is one
 * @param at when the key was first used
 * @param answer empty until the submission was accepted and answered; also after a crash in between
 * @param place the store's own; means nothing to others
 */
public record Reservation(
        Fingerprint name, Fingerprint payload, MessageId id, Instant at, Optional<Answer> answer, int place) {

    /**
     * The answer as it was given. The array is not copied: leave it alone.
     *
     * @param code of HTTP or SMTP, 100 to 999
     * @param text everything behind the code
     */
    public record Answer(int code, byte[] text) {}

    Reservation answered(Answer with) {
        return new Reservation(name, payload, id, at, Optional.of(with), place);
    }
}
