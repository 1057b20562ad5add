/**
 * Takes mail, and answers 250 only for what is safely owed: the SMTP listener and intake. Calls {@code smtp} for the
 * dialogue, {@code mime} for the headers, {@code spool} for safety, and hands over to the queues.
 */
@NullMarked
package io.postrider.ingress;

import org.jspecify.annotations.NullMarked;
