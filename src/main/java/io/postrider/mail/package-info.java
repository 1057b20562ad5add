/**
 * The words of mail as plain values: addresses, envelopes, identifiers, replies and outcomes. Everybody calls it, it
 * calls nobody, and it needs nothing but the JDK.
 */
@NullMarked
package io.postrider.mail;

import org.jspecify.annotations.NullMarked;
