package io.postrider.queue;

import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.List;

/**
 * A message that waits for long, and whose sender was not told so.
 *
 * @param positions of the recipients that wait, ascending, at least one
 * @param last what a server said last, as far as it is known, or what keeps us from asking one
 * @param triedUntil when it expires
 * @param at when the queue noticed
 */
public record LateMessage(MessageId message, List<Integer> positions, Reply last, Instant triedUntil, Instant at) {}
