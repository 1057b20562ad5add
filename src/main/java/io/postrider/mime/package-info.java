/**
 * What we read and write of a message: the scan of its header and the trace headers in front of it. Called by intake;
 * calls only {@code mail}.
 */
@NullMarked
package io.postrider.mime;

import org.jspecify.annotations.NullMarked;
