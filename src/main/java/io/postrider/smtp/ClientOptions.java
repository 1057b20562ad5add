package io.postrider.smtp;

/**
 * How one client conversation goes.
 *
 * @param ehlo the name we greet with
 * @param pipelineNext send the next envelope together with the final dot (RFC 2920 §3.1)
 * @param mostMessages then QUIT, at least 1
 */
public record ClientOptions(String ehlo, boolean pipelineNext, int mostMessages, ClientTimeouts timeouts) {}
