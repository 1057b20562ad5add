/**
 * The keys of applications and operators: the file that holds their hashes, who may write it and who watches it. Called by
 * the command line, which makes and revokes keys, and by the HTTP listeners, which ask for them; calls {@code watch}.
 */
@NullMarked
package io.postrider.key;

import org.jspecify.annotations.NullMarked;
