/**
 * What receivers see of a domain that we send for, and what to do about it, in plain words: SPF, DKIM, DMARC, names of
 * addresses, and the domain's own mail servers. Called by the command line, which brings DNS, sockets and the time; calls
 * {@code signing} for the keys, {@code egress} for the sources, and the look-ups of {@code route}.
 */
@NullMarked
package io.postrider.doctor;

import org.jspecify.annotations.NullMarked;
