/**
 * Writes down what happened: delivery log, history and counters, each event at least once, and releases what is no
 * longer needed. Called by the queues; reads the journal for what it missed.
 */
@NullMarked
package io.postrider.record;

import org.jspecify.annotations.NullMarked;
