package io.postrider.metrics;

/**
 * How much waits for a domain.
 *
 * @param depth open recipients of the messages in the queue
 * @param oldestAgeSeconds since the acceptance of the oldest message; 0 when there is none
 */
public record DomainDepth(String domain, long depth, long oldestAgeSeconds) {}
