/**
 * What the doctor needs of the world: a conversation with a mail server, this machine's address, and its report on paper.
 * Called by the command; calls {@code doctor}, {@code smtp} and {@code tls}.
 */
@NullMarked
package io.postrider.cli.doctor;

import org.jspecify.annotations.NullMarked;
