/**
 * DMARC as a receiver finds it: records, and the walk up the tree of names to them, without sockets. Called by {@code
 * doctor}; calls the look-ups of {@code route}.
 */
@NullMarked
package io.postrider.doctor.dmarc;

import org.jspecify.annotations.NullMarked;
