package io.postrider.ingress;

import io.postrider.mail.Domain;

/** Whether whoever hands in a message may speak in the name of a domain. Asked from all threads; must not block. */
public interface SenderPolicy {

    /** Each the domains of its identity. */
    SenderPolicy BY_IDENTITY = (origin, domain) -> origin.identity().domains().allows(domain);

    /**
     * Asked before a message is signed: for a domain that its sender may not use no signature is made.
     *
     * @param domain of an author in the From field
     */
    boolean mayUse(Submission.Origin origin, Domain domain);
}
