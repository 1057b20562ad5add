/**
 * What domains publish about TLS on the way to them (MTA-STS, RFC 8461): fetched over HTTPS, kept through restarts, and
 * asked for by route. Keeps its rows in {@code store}, and asks the DNS through {@link io.postrider.sts.Names}, which
 * route implements.
 */
@NullMarked
package io.postrider.sts;

import org.jspecify.annotations.NullMarked;
