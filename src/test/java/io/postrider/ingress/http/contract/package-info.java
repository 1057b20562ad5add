/** Holds every exchange that tests have over HTTP against {@code openapi.json}. Tests of the HTTP API call it. */
@NullMarked
package io.postrider.ingress.http.contract;

import org.jspecify.annotations.NullMarked;
