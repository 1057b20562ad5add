/**
 * SMTP as pure functions: bytes in, steps out; sessions of server and client, replies, capabilities, dot-stuffing; no
 * sockets, no actors, no clock. Called by ingress and egress; calls {@code mail} and {@code bounce}.
 */
@NullMarked
package io.postrider.smtp;

import org.jspecify.annotations.NullMarked;
