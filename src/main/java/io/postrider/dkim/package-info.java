/**
 * DKIM (RFC 6376, 8301, 8463) as pure functions: a message in bytes and keys in, signature fields out, and the way back.
 * RSA by Amazon's provider where it has a binary, else by the JDK; Ed25519 by Bouncy Castle. Called by {@code signing} and
 * the command line; calls {@code mail} alone.
 */
@NullMarked
package io.postrider.dkim;

import org.jspecify.annotations.NullMarked;
