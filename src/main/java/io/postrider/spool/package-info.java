/**
 * Keeps bodies and references until the last recipient is settled, and knows what is still to hand over. Called by
 * intake, hand-over, egress and the recorder; calls the store.
 */
@NullMarked
package io.postrider.spool;

import org.jspecify.annotations.NullMarked;
