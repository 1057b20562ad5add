/**
 * A load generator over SMTP and HTTP: sends made-up mail as fast as it is taken, and knows what was answered for. The
 * command line, the demo and tests call it; it needs {@code cli.wire}, Jackson and the JDK alone.
 */
@NullMarked
package io.postrider.cli.inject;

import org.jspecify.annotations.NullMarked;
