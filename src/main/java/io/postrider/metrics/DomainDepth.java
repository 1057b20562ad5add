package io.postrider.metrics;

/**
 * How much waits for a domain.
 *
 * @param depth messages in the queue
 * @param oldestAgeSeconds since the acceptance of the oldest of them; 0 when there is none
 */
public record DomainDepth(String domain, long depth, long oldestAgeSeconds) {}
