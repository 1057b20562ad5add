/**
 * What is owed to each destination domain, and when each piece is tried next: gatherer, domain queue and waker, as
 * sharded persistent actors. Called by hand-over and the management API; calls {@code egress} for the conversations and
 * {@code record} for the records.
 */
@NullMarked
package io.postrider.queue;

import org.jspecify.annotations.NullMarked;
