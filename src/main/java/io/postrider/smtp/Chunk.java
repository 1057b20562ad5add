package io.postrider.smtp;

import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** What a BDAT command announced (RFC 3030 §2), and how much of it has yet to come. */
final class Chunk {

    private final boolean last;
    private final @Nullable Canned refusal;
    private long left;

    private Chunk(long size, boolean last, @Nullable Canned refusal) {
        this.left = size;
        this.last = last;
        this.refusal = refusal;
    }

    /**
     * Empty when the command does not say how much follows.
     *
     * @param obstacle why no chunk can be taken now
     */
    static Optional<Chunk> of(String command, @Nullable Canned obstacle) {
        StringTokenizer words = new StringTokenizer(command.substring(4), " ");
        long size = MailParameters.number(words.hasMoreTokens() ? words.nextToken() : "");
        if (size < 0) {
            return Optional.empty();
        }
        String second = words.hasMoreTokens() ? words.nextToken() : "";
        boolean last = second.equalsIgnoreCase("LAST");
        boolean malformed = words.hasMoreTokens() || (!last && !second.isEmpty());
        return Optional.of(new Chunk(size, last, malformed ? ServerReplies.BDAT_SYNTAX : obstacle));
    }

    /** How many of these bytes belong to it; they count as taken. */
    int take(int available) {
        int taken = (int) Math.min(available, left);
        left -= taken;
        return taken;
    }

    long left() {
        return left;
    }

    boolean isLast() {
        return last;
    }

    /** Why it is swallowed, null when it is welcome. */
    @Nullable
    Canned refusal() {
        return refusal;
    }
}
