/**
 * Who may log in over SMTP: the file of users, their hashes, and whether a claim is true. Called by the SMTP listener and
 * by the command line; calls {@code watch}, and {@code smtp} for the words of SASL.
 */
@NullMarked
package io.postrider.user;

import org.jspecify.annotations.NullMarked;
