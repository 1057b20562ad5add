/**
 * What happened to a queue: the events, their bytes in the journal, and nothing else. The queue decides and applies
 * them, the recorder reads them; it calls only {@code mail}.
 */
@NullMarked
package io.postrider.event;

import org.jspecify.annotations.NullMarked;
