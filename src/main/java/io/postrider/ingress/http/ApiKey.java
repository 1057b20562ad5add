package io.postrider.ingress.http;

/**
 * A key that an application may hand in mail with.
 *
 * @param id names the key in records and to its owner; not secret, never empty
 */
public record ApiKey(String id) {}
