package io.postrider.queue;

import io.postrider.event.QueueEvent.Lane;

/**
 * Which connections may have a message: those that send from this pool of sources, and by these rules.
 *
 * @param tlsOptional by the operator's rules alone. Such mail is not held up with the domain, which may be backed off for
 *     what it says about TLS; it backs off message by message
 */
record Track(String pool, boolean tlsOptional) {

    static Track of(Lane lane) {
        return new Track(lane.pool(), lane.tlsOptional());
    }
}
