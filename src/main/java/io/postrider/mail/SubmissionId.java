package io.postrider.mail;

import java.util.Optional;

/**
 * The name of several messages that were handed in together. Nothing is stored to tie them: the id itself says how many
 * there are and what they are called (decision 0040). The last 16 bits of a submission's id are the number of its
 * messages, and its messages have their place there, from 0; so no message is ever called as its submission is.
 *
 * <p>A message that came alone has an id of its own, which then names the submission too.
 */
public record SubmissionId(MessageId id) {

    /** Of one submission, for the place of a message has 16 bits. */
    public static final int MOST_MESSAGES = 0xFFFF;

    /**
     * The name of this many messages.
     *
     * @param fresh an id that nothing else has
     * @param messages 1 to {@link #MOST_MESSAGES}
     */
    public static SubmissionId of(MessageId fresh, int messages) {
        if (messages < 1 || messages > MOST_MESSAGES) {
            throw new IllegalArgumentException("expected 1 to " + MOST_MESSAGES + " messages, but got " + messages);
        }
        return new SubmissionId(withPlace(fresh, messages));
    }

    /**
     * What {@code id} names if it names a submission; empty when it cannot. Whether it does shows when its first message
     * is known: ask that before all the others, for an id from outside may be anything.
     */
    public static Optional<SubmissionId> maybe(MessageId id) {
        return (id.low() & MOST_MESSAGES) == 0 ? Optional.empty() : Optional.of(new SubmissionId(id));
    }

    public int messages() {
        return (int) (id.low() & MOST_MESSAGES);
    }

    /**
     * The id of one of the messages.
     *
     * @param place 0 to {@code messages() - 1}
     */
    public MessageId message(int place) {
        return withPlace(id, place);
    }

    private static MessageId withPlace(MessageId id, int place) {
        return new MessageId(id.high(), (id.low() & ~(long) MOST_MESSAGES) | place);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
