/**
 * One conversation each with the recipients' servers, within the limits of their sites. Called by the queues; calls
 * {@code smtp} for the dialogue, {@code route} for the way and {@code spool} for the bytes.
 */
@NullMarked
package io.postrider.egress;

import org.jspecify.annotations.NullMarked;
