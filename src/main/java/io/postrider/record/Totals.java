package io.postrider.record;

/**
 * Recipients by what became of them, as absolute sums.
 *
 * <p>Always: {@code accepted = delivered + bounced + expired + cancelled + queued}, where queued follows from the others.
 *
 * @param released recipients whose reference is gone from the spool, at most {@code accepted}
 */
public record Totals(long accepted, long delivered, long bounced, long expired, long cancelled, long released) {

    public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0);

    /** Recipients in a final state. */
    public long settled() {
        return delivered + bounced + expired + cancelled;
    }

    public long queued() {
        return accepted - settled();
    }

    public Totals plus(Totals other) {
        return new Totals(
                accepted + other.accepted,
                delivered + other.delivered,
                bounced + other.bounced,
                expired + other.expired,
                cancelled + other.cancelled,
                released + other.released);
    }
}
