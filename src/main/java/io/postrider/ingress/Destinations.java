package io.postrider.ingress;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Splits the envelope of a message into one reference per destination domain. */
final class Destinations {

    private Destinations() {}

    /** @param giveUpAfter when a message expires that names no time itself */
    static List<Reference> references(
            MessageId id, Submission submission, Wishes wishes, Instant now, long sizeBytes, Duration giveUpAfter) {
        Submission.Origin origin = submission.origin();
        Instant start = wishes.notBefore().orElse(now);
        Instant expiresAt = wishes.expiresAt().orElse(start.plus(giveUpAfter));
        Map<Domain, List<Recipient>> byDomain = byDomain(submission.recipients());
        List<Reference> references = new ArrayList<>(byDomain.size());
        for (Map.Entry<Domain, List<Recipient>> entry : byDomain.entrySet()) {
            references.add(new Reference(
                    id,
                    entry.getKey(),
                    submission.sender(),
                    entry.getValue(),
                    wishes.labels(),
                    wishes.notBefore(),
                    expiresAt,
                    origin.owner(),
                    origin.listener(),
                    origin.sessionId(),
                    sizeBytes,
                    wishes.needs(submission.needs()),
                    submission.envelopeId(),
                    submission.ret(),
                    byDomain.size()));
        }
        return references;
    }

    private static Map<Domain, List<Recipient>> byDomain(List<Recipient> recipients) {
        if (recipients.size() == 1) {
            return Map.of(domain(recipients.get(0)), recipients);
        }
        Map<Domain, List<Recipient>> byDomain = new LinkedHashMap<>();
        for (Recipient recipient : recipients) {
            byDomain.computeIfAbsent(domain(recipient), domain -> new ArrayList<>())
                    .add(recipient);
        }
        return byDomain;
    }

    private static Domain domain(Recipient recipient) {
        return recipient.mailbox().domain().orElseThrow();
    }
}
