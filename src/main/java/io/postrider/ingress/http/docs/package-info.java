/**
 * The description of the HTTP API, for machines and for people: {@code openapi.json} as it lies beside the code, and a
 * page made of it. The HTTP listener calls it; it needs Jackson and the JDK alone.
 */
@NullMarked
package io.postrider.ingress.http.docs;

import org.jspecify.annotations.NullMarked;
