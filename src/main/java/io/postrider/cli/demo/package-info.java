/**
 * The demo: a node, mail servers that behave and misbehave, a few hundred messages, and what became of them in words. The
 * command line calls it; it calls a node by {@link io.postrider.cli.demo.StartedNode} and the test ends in
 * {@code cli.sink} and {@code cli.inject}.
 */
@NullMarked
package io.postrider.cli.demo;

import org.jspecify.annotations.NullMarked;
