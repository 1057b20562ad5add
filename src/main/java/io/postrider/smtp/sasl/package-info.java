/**
 * The server's half of SASL mechanisms as pure functions: responses in, challenges and claims out; who decides on a claim
 * is somebody else. Called by the server session; calls nobody.
 */
@NullMarked
package io.postrider.smtp.sasl;

import org.jspecify.annotations.NullMarked;
