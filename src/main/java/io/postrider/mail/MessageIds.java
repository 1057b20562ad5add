package io.postrider.mail;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes message ids that rise strictly on this node, also when the clock stands still or goes back (RFC 9562 §6.2,
 * method 1: the 12 bits behind the time count, and run over into the time when they are used up). Safe for all threads.
 */
public final class MessageIds {

    private static final int SEQUENCE_BITS = 12;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong last = new AtomicLong();

    public MessageIds(InstantSource clock) {
        this.clock = clock;
    }

    public MessageId next() {
        long now = clock.millis() << SEQUENCE_BITS;
        long stamp = last.updateAndGet(before -> Math.max(before + 1, now));
        long high = (stamp >>> SEQUENCE_BITS << 16) | 0x7000L | (stamp & 0xFFFL);
        long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
        return new MessageId(high, low);
    }
}
