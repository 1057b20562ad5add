/**
 * What became of a message, and what can still be taken back of it: puts together what spool, queues and history know.
 * Called by {@code ingress} and {@code admin}, each for whom it lets ask; asks the spool, the history and the queues.
 */
@NullMarked
package io.postrider.inquiry;

import org.jspecify.annotations.NullMarked;
