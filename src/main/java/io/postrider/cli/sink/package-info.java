/**
 * A receiving mail server for tests and the demo: counts what comes, keeps it when asked, and misbehaves as a script says.
 * The command line and tests call it; it needs {@code cli.wire} and the JDK alone.
 */
@NullMarked
package io.postrider.cli.sink;

import org.jspecify.annotations.NullMarked;
