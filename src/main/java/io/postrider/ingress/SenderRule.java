package io.postrider.ingress;

import io.postrider.dkim.Authors;
import io.postrider.dkim.HeaderFields;
import io.postrider.mail.Domain;
import io.postrider.mail.Identity;
import io.postrider.mail.SenderDomains;
import java.util.List;
import java.util.Optional;

/**
 * In whose name mail may speak: envelope sender and header From must lie in the domains of whoever hands it in. For whom
 * the list is {@code *}, the header is nobody's business (RFC 5321 §6.4).
 */
final class SenderRule {

    private SenderRule() {}

    /**
     * What is wrong with the message, in words for the client; empty when nothing is.
     *
     * @param whole the message as its recipients get it
     */
    static Optional<String> objection(Submission submission, byte[] whole) {
        SenderDomains domains = submission.origin().identity().domains();
        if (domains.any()) {
            return Optional.empty();
        }
        if (!domains.allows(submission.sender())) {
            return Optional.of("You may not send in the name of "
                    + submission.sender().domain().orElseThrow());
        }
        return author(HeaderFields.of(whole, whole.length), domains);
    }

    /** RFC 5322 §3.6: From stands there exactly once. With two, a reader might show the one that nobody looked at. */
    private static Optional<String> author(HeaderFields header, SenderDomains domains) {
        int fields = Authors.fields(header);
        if (fields != 1) {
            return Optional.of(
                    "From: expected one such field, but there " + (fields == 0 ? "is none" : "are " + fields));
        }
        List<Domain> authors = Authors.domains(header);
        if (authors.isEmpty()) {
            return Optional.of("From: expected an address with a domain");
        }
        for (Domain author : authors) {
            if (!domains.allows(author)) {
                return Optional.of("From: you may not send in the name of " + author);
            }
        }
        return AuthorSyntax.isClear(header, header.last("From"))
                ? Optional.empty()
                : Optional.of("From: expected addresses that can be read in one way only");
    }

    /** The same for the tenant that the message asks to be counted to. */
    static Optional<String> objection(Identity identity, String tenant) {
        return identity.tenant().isEmpty() || tenant.isEmpty() || tenant.equals(identity.tenant())
                ? Optional.empty()
                : Optional.of("tenant: expected " + identity.tenant() + " or none");
    }
}
