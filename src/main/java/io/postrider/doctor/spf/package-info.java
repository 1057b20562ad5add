/**
 * SPF (RFC 7208) as a receiver judges it: records read and evaluated, without sockets. Called by {@code doctor}; calls the
 * look-ups of {@code route}.
 */
@NullMarked
package io.postrider.doctor.spf;

import org.jspecify.annotations.NullMarked;
