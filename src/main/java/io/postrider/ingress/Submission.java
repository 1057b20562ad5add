package io.postrider.ingress;

import io.postrider.smtp.ReceivedMessage;
import java.net.InetAddress;

/**
 * A message on its way into the spool, and where it comes from.
 *
 * @param listener the name of the listener
 * @param sessionId names the session in logs and records
 * @param maxHops Received fields from which on it is taken for a loop
 */
public record Submission(String listener, String sessionId, InetAddress client, int maxHops, ReceivedMessage message) {}
