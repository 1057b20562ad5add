/**
 * What both ends of a test share: a blocking SMTP connection, the file of Message-IDs, and a histogram of latencies.
 * {@code cli.sink} and {@code cli.inject} call it; it needs the JDK alone.
 */
@NullMarked
package io.postrider.cli.wire;

import org.jspecify.annotations.NullMarked;
