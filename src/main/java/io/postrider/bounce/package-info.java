/**
 * What a server's reply means for mail, and the report that its sender gets, as pure functions. Called by {@code smtp},
 * {@code egress} and {@code ingress}; calls only {@code mail} and, for its dates, {@code mime}.
 */
@NullMarked
package io.postrider.bounce;

import org.jspecify.annotations.NullMarked;
