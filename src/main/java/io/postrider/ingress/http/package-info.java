/**
 * Takes mail over HTTP and tells its senders what becomes of it: the listener, who may ask, and a handler per request.
 * Called over HTTP; calls {@code mime} to build messages and intake to keep them.
 */
@NullMarked
package io.postrider.ingress.http;

import org.jspecify.annotations.NullMarked;
