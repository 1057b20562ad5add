/**
 * TLS on our own sockets and on those of the HTTP server: certificates from files, the choice among them, and the record
 * layer as a machine without I/O. Called by {@code http}, {@code ingress} and {@code egress}; calls {@code pem}, {@code
 * watch} and the JDK.
 */
@NullMarked
package io.postrider.tls;

import org.jspecify.annotations.NullMarked;
