/**
 * The keys of applications: the file that holds their hashes, who may write it and who watches it. Called by the command
 * line, which makes and revokes keys, and by the HTTP listener, which asks for them; calls {@code watch}.
 */
@NullMarked
package io.postrider.ingress.key;

import org.jspecify.annotations.NullMarked;
