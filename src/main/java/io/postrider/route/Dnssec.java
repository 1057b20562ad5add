package io.postrider.route;

import io.postrider.tls.Tlsa;
import java.util.List;

/** What DNSSEC proves of an MX host (RFC 7672 §2.1). */
public sealed interface Dnssec {

    /** Nothing: a zone on the way to it is not signed, or nobody asks. */
    enum Insecure implements Dnssec {
        DNS
    }

    /**
     * The domain's MX records are proven to name this host.
     *
     * @param tlsa proven as well, in an order that is the same each time; empty when the host has none
     * @param names whom a certificate may be for that the records tie to an authority (RFC 7672 §3.2.2); the first is the
     *     name that has the records, which the server is to be asked for. Empty without records
     */
    record Secure(List<Tlsa> tlsa, List<String> names) implements Dnssec {
        public Secure {
            tlsa = List.copyOf(tlsa);
            names = List.copyOf(names);
        }

        /** Without records, as far as anybody asked. */
        static final Secure NAME = new Secure(List.of(), List.of());
    }

    /** A signature is wrong, or what must be signed did not come: somebody may be in the way, so no mail goes there now. */
    record Bogus(String reason) implements Dnssec {}
}
