package io.postrider.ingress;

import io.postrider.mail.Identity;
import io.postrider.mail.TlsWish;
import io.postrider.spool.Labels;
import io.postrider.spool.Reference;
import java.time.Instant;
import java.util.Optional;

/**
 * What whoever hands in a message asks for besides its delivery.
 *
 * @param notBefore not to be sent earlier; empty: at once
 * @param expiresAt when to give up; empty: after the usual time
 * @param requireTls as REQUIRETLS does (RFC 8689)
 */
public record Wishes(Labels labels, Optional<Instant> notBefore, Optional<Instant> expiresAt, boolean requireTls) {

    /** Characters of a tenant, a campaign or a class. */
    public static final int LONGEST_WORD = 128;

    public static final int LONGEST_POOL = 64;
    public static final int MOST_TAGS = 20;
    public static final int LONGEST_TAG = 64;

    public static final Wishes NONE = new Wishes(Labels.NONE, Optional.empty(), Optional.empty(), false);

    /** The same, counted to the tenant of whoever hands it in, if he has one. */
    Wishes of(Identity identity) {
        if (identity.tenant().isEmpty() || identity.tenant().equals(labels.tenant())) {
            return this;
        }
        Labels own = new Labels(
                identity.tenant(),
                labels.campaign(),
                labels.mailClass(),
                labels.pool(),
                labels.tags(),
                labels.metadata());
        return new Wishes(own, notBefore, expiresAt, requireTls);
    }

    /** With these and what a message itself wants of TLS. */
    Reference.Needs needs(Reference.Needs own) {
        return requireTls ? own.with(TlsWish.REQUIRED) : own;
    }
}
