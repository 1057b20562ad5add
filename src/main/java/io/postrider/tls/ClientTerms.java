package io.postrider.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How we speak TLS to other servers.
 *
 * @param ciphers for TLS 1.2, by IANA's or OpenSSL's names; empty: all that the JDK deems safe
 * @param tls13Ciphers the same for TLS 1.3; empty: all
 * @param clear where TLS is opportunistic, plain text follows a handshake that failed
 * @param authorities certificates trusted besides those of the JDK
 * @param certificate who we are, for servers that ask
 */
public record ClientTerms(
        TlsVersion minVersion,
        List<String> ciphers,
        List<String> tls13Ciphers,
        boolean clear,
        Optional<Path> authorities,
        Optional<CertificateFiles> certificate) {

    public ClientTerms {
        ciphers = List.copyOf(ciphers);
        tls13Ciphers = List.copyOf(tls13Ciphers);
    }

    /** What is in force without any settings. */
    public static final ClientTerms USUAL =
            new ClientTerms(TlsVersion.V1_2, List.of(), List.of(), true, Optional.empty(), Optional.empty());
}
