/**
 * Private keys and certificates out of PEM files (RFC 7468), by Bouncy Castle, as the JDK's own types. Called by whoever
 * signs mail or speaks TLS; calls nobody.
 */
@NullMarked
package io.postrider.pem;

import org.jspecify.annotations.NullMarked;
