package io.postrider.record;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The references that a batch speaks of, in one call of the spool per domain; it has the latest ones in memory. For the
 * recorder's thread, which waits for the spool.
 */
final class References {

    /** Names a reference. */
    record Claim(Domain domain, MessageId message) {}

    /** The spool reads with few threads and a bounded queue, which belongs to deliveries too. */
    private static final int CALLS_AT_ONCE = 64;

    private final Spool spool;

    References(Spool spool) {
        this.spool = spool;
    }

    /** What is missing in the answer is missing in the spool. The caller may change the answer. */
    Map<Claim, Reference> of(Set<Claim> wanted) {
        Map<Domain, List<MessageId>> byDomain = new HashMap<>();
        for (Claim claim : wanted) {
            byDomain.computeIfAbsent(claim.domain(), domain -> new ArrayList<>())
                    .add(claim.message());
        }
        Map<Claim, Reference> found = HashMap.newHashMap(wanted.size());
        Map<Domain, CompletableFuture<Map<MessageId, Reference>>> asked = new HashMap<>();
        byDomain.forEach((domain, messages) -> {
            asked.put(domain, spool.references(domain, messages).toCompletableFuture());
            if (asked.size() == CALLS_AT_ONCE) {
                await(asked, found);
            }
        });
        await(asked, found);
        return found;
    }

    /** Which of these the spool does not have. */
    Set<MessageId> released(Domain domain, List<MessageId> messages) {
        Set<MessageId> gone = new HashSet<>(messages);
        gone.removeAll(
                spool.references(domain, messages).toCompletableFuture().join().keySet());
        return gone;
    }

    private static void await(
            Map<Domain, CompletableFuture<Map<MessageId, Reference>>> asked, Map<Claim, Reference> found) {
        asked.forEach((domain, answer) ->
                answer.join().forEach((message, reference) -> found.put(new Claim(domain, message), reference)));
        asked.clear();
    }
}
