/**
 * The command line: one class a command, and the demo. Nobody calls it; it calls the root package to run a node, {@code
 * doctor} to look at a domain, and the management API of a running one.
 */
@NullMarked
package io.postrider.cli;

import org.jspecify.annotations.NullMarked;
