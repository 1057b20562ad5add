/**
 * When to try again, when to give up, and how many at once: arithmetic on times handed in, no clock. Called by the
 * queues and by egress; calls nobody.
 */
@NullMarked
package io.postrider.retry;

import org.jspecify.annotations.NullMarked;
