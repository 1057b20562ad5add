package io.postrider.egress;

import io.postrider.mail.Reply;
import java.time.Instant;
import java.util.List;

/**
 * One site as this node's pool sees it.
 *
 * @param waiting connections of queues that wait for a transport or for a permit
 * @param recent the last replies that refused or slowed us down, newest last
 */
public record SiteStatus(String site, int waiting, List<PerSource> sources, List<Seen> recent) {

    /**
     * @param open transports in all, opening ones included
     * @param idle of them, used by nobody
     * @param limit as configured
     * @param currentLimit what is left of it after the site asked us to slow down
     */
    public record PerSource(String source, int open, int idle, int limit, int currentLimit, String rate) {}

    public record Seen(Instant at, String host, Reply reply) {}
}
