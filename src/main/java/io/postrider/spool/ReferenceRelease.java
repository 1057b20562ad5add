package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;

/**
 * A reference that is no longer needed. The recorder releases references in the same atomic write that records why.
 *
 * @param domains as in {@link Reference#domains()}: with 1 the body goes without looking for other references
 */
public record ReferenceRelease(Domain domain, MessageId message, int domains) {}
