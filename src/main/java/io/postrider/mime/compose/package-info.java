/**
 * Turns what an application asked for into the bytes of one message (RFC 5322, MIME). Called by the HTTP door; calls
 * {@code mail} and {@code mime}, and Apache James Mime4j for encoded words and quoted-printable.
 */
@NullMarked
package io.postrider.mime.compose;

import org.jspecify.annotations.NullMarked;
