/**
 * The instruments that a node is watched by, with the equations that tie them, and their exposition as text. Called by
 * whoever does what they count; calls Kamon.
 */
@NullMarked
package io.postrider.metrics;

import org.jspecify.annotations.NullMarked;
