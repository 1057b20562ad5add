package io.postrider.smtp;

import java.time.Duration;

/**
 * How long a client waits in each state, each longer than zero. The defaults of reference.conf are the minimums of RFC
 * 5321 §4.5.3.2.
 *
 * @param tls for the whole handshake, which the RFC leaves open
 * @param dataBlock for one write of the body that makes no progress
 */
public record ClientTimeouts(
        Duration greeting,
        Duration ehlo,
        Duration tls,
        Duration mail,
        Duration rcpt,
        Duration data,
        Duration dataBlock,
        Duration finalDot,
        Duration rset,
        Duration quit) {}
