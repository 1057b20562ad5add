/**
 * Sockets of strangers, moved by few threads: bytes in, bytes out, no protocol. Called by {@code ingress}; calls the JDK
 * alone.
 */
@NullMarked
package io.postrider.net;

import org.jspecify.annotations.NullMarked;
