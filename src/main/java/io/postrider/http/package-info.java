/**
 * What every HTTP door of a node has in common: binding, trust by address, JSON, parameters and problems (RFC 9457).
 * Called by {@code admin} and {@code ingress}; calls only {@code store}, for its word that it is overloaded.
 */
@NullMarked
package io.postrider.http;

import org.jspecify.annotations.NullMarked;
