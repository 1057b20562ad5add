/**
 * From a domain to the ordered hosts, addresses and TLS rules that reach it: routes of the configuration first, then DNS
 * (RFC 5321 §5.1). Called by egress; calls {@code tls} for what protects a
 * connection, and dnsjava.
 */
@NullMarked
package io.postrider.route;

import org.jspecify.annotations.NullMarked;
