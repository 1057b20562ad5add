/**
 * Asks a running node's management API and shows the answer to a person. The commands of {@code cli} call it; it calls
 * the API over HTTP.
 */
@NullMarked
package io.postrider.cli.ask;

import org.jspecify.annotations.NullMarked;
