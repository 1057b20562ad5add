/**
 * Pekko Persistence on the embedded store: journal, snapshots cut into chunks, the read side, and trimming. Called by
 * Pekko Persistence and the recorder; calls the store.
 */
@NullMarked
package io.postrider.journal;

import org.jspecify.annotations.NullMarked;
