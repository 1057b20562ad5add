package io.postrider.doctor;

/**
 * A signature that mail of the domain gets.
 *
 * @param domain {@code d=}
 * @param selector {@code s=}
 * @param verifies whether receivers find its key
 */
record Signature(String domain, String selector, Verdict verifies) {}
