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
     * @param tlsa proven as well; empty when the host has none
     */
    record Secure(List<Tlsa> tlsa) implements Dnssec {
        public Secure {
            tlsa = List.copyOf(tlsa);
        }
    }

    /** A signature is wrong, or what must be signed did not come: somebody may be in the way, so no mail goes there now. */
    record Bogus(String reason) implements Dnssec {}
}
