package io.postrider.route;

import io.postrider.mail.Reply;
import io.postrider.tls.Protection;
import java.net.InetSocketAddress;
import java.util.List;

/** The way to a domain, or why there is none. */
public sealed interface Routing {

    /**
     * @param site the roll-up that limits belong to
     * @param hosts in the order in which to try them, at least one, each with at least one address
     * @param explicit from a configured route rather than from DNS
     */
    record Reachable(Site site, List<Host> hosts, boolean explicit) implements Routing {}

    /** For good: the domain does not exist or takes no mail. The reply is what the sender is told. */
    record Unreachable(Reply reply) implements Routing {}

    /** Not now: the DNS did not answer, or no host has an address. */
    record Unresolved(Reply reply) implements Routing {}

    /**
     * @param name the MX host name, or what stands in the route
     * @param addresses in the order of {@code egress.ip-family}
     * @param dnssec how sure its name and its TLSA records are
     * @param protection what a connection to it must be like
     */
    record Host(String name, List<InetSocketAddress> addresses, Dnssec dnssec, Protection protection) {

        /** In plain text, and by unsigned DNS. */
        public Host(String name, List<InetSocketAddress> addresses) {
            this(name, addresses, Dnssec.Insecure.DNS, Protection.NONE);
        }

        Host proven(Dnssec other) {
            return new Host(name, addresses, other, protection);
        }

        Host with(Protection other) {
            return new Host(name, addresses, dnssec, other);
        }
    }
}
