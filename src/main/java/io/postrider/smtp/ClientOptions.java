package io.postrider.smtp;

import java.util.Optional;

/**
 * How one client conversation goes.
 *
 * @param ehlo the name we greet with
 * @param pipelineNext send the next envelope together with the final dot (RFC 2920 §3.1)
 * @param mostMessages then QUIT, at least 1
 * @param encrypt when to begin TLS
 * @param credentials shown under TLS alone; a server that does not take them gets no mail
 */
public record ClientOptions(
        String ehlo,
        boolean pipelineNext,
        int mostMessages,
        ClientTimeouts timeouts,
        Encrypt encrypt,
        Optional<Credentials> credentials) {

    /** When to say STARTTLS. */
    public enum Encrypt {
        NEVER,
        /** Where it is offered; who offers it and then refuses gets plain text. */
        MAY,
        /** Where it is offered; who offers it and then refuses gets no mail. */
        WHERE_OFFERED,
        /** Who does not offer it gets no mail. */
        ALWAYS
    }

    /** In plain text, by nobody in particular. */
    public ClientOptions(String ehlo, boolean pipelineNext, int mostMessages, ClientTimeouts timeouts) {
        this(ehlo, pipelineNext, mostMessages, timeouts, Encrypt.NEVER, Optional.empty());
    }
}
