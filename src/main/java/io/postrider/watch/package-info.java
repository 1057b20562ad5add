/**
 * Files that are read again when somebody replaces them. Called by whoever keeps keys, certificates or users in files;
 * calls nobody.
 */
@NullMarked
package io.postrider.watch;

import org.jspecify.annotations.NullMarked;
