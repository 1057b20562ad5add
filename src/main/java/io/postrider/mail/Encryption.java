package io.postrider.mail;

import java.util.List;
import java.util.Optional;

/**
 * How a connection is encrypted.
 *
 * @param version such as TLSv1.3
 * @param cipher the suite by IANA's name
 * @param peer who showed a certificate that was verified; empty: nobody
 */
public record Encryption(String version, String cipher, Optional<Peer> peer) {

    /**
     * The owner of a verified certificate.
     *
     * @param subject the distinguished name (RFC 4514)
     * @param names host names and mailboxes among the subject's alternative names, lower case
     */
    public record Peer(String subject, List<String> names) {

        public Peer {
            names = List.copyOf(names);
        }
    }
}
