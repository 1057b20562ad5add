/**
 * The one RocksDB of an embedded node and its group-commit writer; knows bytes only. Called by {@code spool},
 * {@code journal} and {@code record}; calls nobody.
 */
@NullMarked
package io.postrider.store;

import org.jspecify.annotations.NullMarked;
