package io.postrider.egress;

import io.postrider.egress.FromConnection.WaitingFor;
import io.postrider.mail.Reply;

/** What the pool answers a connection. */
sealed interface FromPool extends ToConnection {

    /**
     * Yours until you return it.
     *
     * @param permits transactions you may start on it; {@code Integer.MAX_VALUE} where the site has no rate
     * @param othersWait give it back after your turn
     */
    record Granted(Transport transport, int permits, boolean othersWait) implements FromPool {}

    /** Every host failed; why the last one did. */
    record NoHost(Reply reply) implements FromPool {}

    /** Too many wait already. Ask again in a second. */
    record Full() implements FromPool {}

    record Permitted(Transport transport, int permits) implements FromPool {}

    /** Others wait for your transport: give it back when you are dry or your turn is over. */
    record OthersWait(Transport transport) implements FromPool {}

    /** Your transport is gone; what was on it and has no result was never named to the server. */
    record Gone(Transport transport) implements FromPool {}

    /** What your request waits for now. */
    record StillWaiting(WaitingFor what) implements FromPool {}
}
