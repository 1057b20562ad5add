/**
 * What a server's reply means for mail, as pure functions. Called by {@code smtp} and {@code egress}; calls only
 * {@code mail}.
 */
@NullMarked
package io.postrider.bounce;

import org.jspecify.annotations.NullMarked;
