package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was just accepted, because nearly all of it is wanted within milliseconds. Bounded by bytes; the oldest goes
 * first, and a reference goes when it is released. Only bodies of one chunk are kept. Safe for all threads.
 */
final class RecentMessages {

    private static final int OVERHEAD_BYTES = 1024;

    private record Recent(byte[] body, Map<Domain, Reference> references, long sizeBytes) {}

    private final long maxBytes;
    private final LinkedHashMap<MessageId, Recent> messages = new LinkedHashMap<>();
    private long sizeBytes;

    RecentMessages(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void add(Spool.Message message) {
        long size = message.body().length
                + (long) OVERHEAD_BYTES * message.references().size();
        if (message.body().length > Body.CHUNK_BYTES || size > maxBytes) {
            return;
        }
        Map<Domain, Reference> references =
                LinkedHashMap.newLinkedHashMap(message.references().size());
        for (Reference reference : message.references()) {
            references.put(reference.domain(), reference);
        }
        Recent recent = new Recent(message.body(), references, size);
        synchronized (messages) {
            messages.put(message.id(), recent);
            sizeBytes += size;
            Iterator<Recent> oldest = messages.values().iterator();
            while (sizeBytes > maxBytes) {
                sizeBytes -= oldest.next().sizeBytes;
                oldest.remove();
            }
        }
    }

    Optional<Spool.Stored> stored(MessageId id, Domain domain) {
        synchronized (messages) {
            Recent recent = messages.get(id);
            if (recent == null) {
                return Optional.empty();
            }
            return Optional.ofNullable(recent.references.get(domain))
                    .map(reference -> new Spool.Stored(reference, new WholeBody(recent.body)));
        }
    }

    Optional<Reference> reference(MessageId id, Domain domain) {
        synchronized (messages) {
            Recent recent = messages.get(id);
            return recent == null ? Optional.empty() : Optional.ofNullable(recent.references.get(domain));
        }
    }

    void release(MessageId id, Domain domain) {
        synchronized (messages) {
            Recent recent = messages.get(id);
            if (recent != null && recent.references.remove(domain) != null && recent.references.isEmpty()) {
                messages.remove(id);
                sizeBytes -= recent.sizeBytes;
            }
        }
    }

    long sizeBytes() {
        synchronized (messages) {
            return sizeBytes;
        }
    }

    List<MessageId> ids() {
        synchronized (messages) {
            return List.copyOf(messages.keySet());
        }
    }
}
