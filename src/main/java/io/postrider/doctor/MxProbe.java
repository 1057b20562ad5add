package io.postrider.doctor;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;

/** A short conversation with a mail server: greeting, EHLO, STARTTLS, QUIT. Takes seconds at most. */
public interface MxProbe {

    /** What came of it. */
    sealed interface Seen {
        /** No connection, which may be our side's doing: many networks close port 25. */
        record NotReached(String reason) implements Seen {}

        /** Something answers, but does not take mail from us. */
        record Refused(String reason) implements Seen {}

        /** It takes mail, but does not offer STARTTLS. */
        record Plain() implements Seen {}

        record HandshakeFailed(String reason) implements Seen {}

        /**
         * @param version such as {@code TLSv1.3}
         * @param expires when its certificate does; empty when it showed none
         * @param problem why the certificate does not prove that this is the host; empty when it does
         */
        record Encrypted(String version, String cipher, Optional<Instant> expires, Optional<String> problem)
                implements Seen {}
    }

    Seen look(String host, InetAddress address);
}
