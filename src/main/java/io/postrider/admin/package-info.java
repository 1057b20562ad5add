/**
 * Lets an operator look and steer: the management API, and metrics and health for machines. Called over HTTP; asks the
 * queues, the pool, the records and the spool, and changes nothing by itself.
 */
@NullMarked
package io.postrider.admin;

import org.jspecify.annotations.NullMarked;
