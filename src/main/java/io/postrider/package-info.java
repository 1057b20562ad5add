/**
 * Reads the configuration, builds the pieces of a node, starts and stops them in order. Called by {@code cli}; calls
 * every package.
 */
@NullMarked
package io.postrider;

import org.jspecify.annotations.NullMarked;
