package io.postrider.ingress;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.mime.FinalMessage;
import io.postrider.mime.HeaderScan;
import io.postrider.mime.HeaderScan.OwnField;
import io.postrider.mime.Trace;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import io.postrider.store.Overloaded;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a submitted message ours: gives it its id, its final bytes and a reference per destination domain, and answers
 * for it once the spool has all of it. Safe for all threads.
 *
 * <p>What a crash costs: before the answer, nothing that was promised (the client sends again, and the spool may hold a
 * message that is sent twice); after it, nothing.
 */
public final class Intake implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private static final Verdict CONGESTED =
            new Verdict.Refused(Verdict.Why.CONGESTED, "Too much mail is waiting, try again later");
    private static final Verdict FAILED =
            new Verdict.Refused(Verdict.Why.FAILED, "The message could not be stored, try again later");
    private static final Verdict LOOP =
            new Verdict.Refused(Verdict.Why.LOOP, "Too many hops: the message is in a loop");

    private final IntakeSettings settings;
    private final MessageIds ids;
    private final Spool spool;
    private final HandOver handOver;
    private final Predicate<String> isPool;
    private final InstantSource clock;
    private final ThreadPoolExecutor largeMessages;

    /** @param isPool knows the names of the pools of sources */
    public Intake(
            IntakeSettings settings,
            MessageIds ids,
            Spool spool,
            HandOver handOver,
            Predicate<String> isPool,
            InstantSource clock) {
        this.settings = settings;
        this.ids = ids;
        this.spool = spool;
        this.handOver = handOver;
        this.isPool = isPool;
        this.clock = clock;
        this.largeMessages = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(settings.largeMessageQueue()), task -> {
                    Thread thread = new Thread(task, "intake-large");
                    thread.setDaemon(true);
                    return thread;
                });
        largeMessages.allowCoreThreadTimeOut(true);
    }

    /**
     * Takes a message. The verdict is positive only after the spool has it on stable storage; it comes on the spool's
     * threads, or at once. Never fails.
     */
    public CompletionStage<Verdict> accept(Submission submission) {
        return judged(submission, false);
    }

    /** What {@link #accept} would say by the message itself. Stores nothing. */
    public CompletionStage<Verdict> check(Submission submission) {
        return judged(submission, true);
    }

    /** An id that no other message has. */
    public MessageId nextId() {
        return ids.next();
    }

    /** How this message came to us, for whoever writes its final bytes. */
    public Trace trace(MessageId id, Submission.Origin origin, List<Recipient> recipients, Instant at) {
        return new Trace(
                settings.hostname(),
                origin.helo(),
                origin.client(),
                origin.protocol(),
                id,
                recipients.size() == 1 ? List.of(recipients.get(0).mailbox()) : List.of(),
                at);
    }

    /** Whether new mail is refused as {@link Verdict.Why#CONGESTED} before anybody looks at it. */
    public boolean isCongested() {
        return handOver.isCongested();
    }

    private CompletionStage<Verdict> judged(Submission submission, boolean onlyCheck) {
        if (handOver.isCongested()) {
            return CompletableFuture.completedFuture(CONGESTED);
        }
        if (submission.length() <= settings.largeMessage()) {
            return take(submission, onlyCheck);
        }
        try {
            return CompletableFuture.supplyAsync(() -> take(submission, onlyCheck), largeMessages)
                    .thenCompose(verdict -> verdict);
        } catch (RejectedExecutionException tooMany) {
            return CompletableFuture.completedFuture(CONGESTED);
        }
    }

    @Override
    public void close() {
        largeMessages.shutdown();
    }

    private CompletionStage<Verdict> take(Submission submission, boolean onlyCheck) {
        try {
            return stored(submission, onlyCheck);
        } catch (RuntimeException bug) {
            log.error(
                    "session={} a message could not be taken in",
                    submission.origin().sessionId(),
                    bug);
            return CompletableFuture.completedFuture(FAILED);
        }
    }

    private CompletionStage<Verdict> stored(Submission submission, boolean onlyCheck) {
        Instant now = clock.instant();
        if (submission.isFinal()) {
            MessageId id = submission.id().orElseThrow();
            return spooled(submission, id, submission.bytes(), submission.asked(), now, onlyCheck);
        }
        HeaderScan header = submission.origin().firstHop()
                ? HeaderScan.ofFirstHop(submission.bytes(), submission.length(), settings.maxHeader())
                : HeaderScan.of(submission.bytes(), submission.length(), settings.maxHeader());
        if (header.isTooLarge()) {
            return refused(
                    Verdict.Why.HEADER_TOO_LARGE, "The header is larger than " + settings.maxHeader() + " bytes");
        }
        if (header.receivedCount() > submission.origin().maxHops()) {
            return CompletableFuture.completedFuture(LOOP);
        }
        List<OwnField> fields = fields(submission, header);
        if (fields.isEmpty()) {
            return traced(submission, header, submission.asked(), now, onlyCheck);
        }
        return switch (Instructions.read(fields, isPool, now, settings.longestHold())) {
            case Instructions.Refused refused -> refused(Verdict.Why.BAD_FIELD, refused.detail());
            case Instructions.Given given -> traced(submission, header, given.wishes(), now, onlyCheck);
        };
    }

    private static List<OwnField> fields(Submission submission, HeaderScan header) {
        if (submission.fields().isEmpty()) {
            return header.ownFields();
        }
        List<OwnField> all = new ArrayList<>(submission.fields());
        all.addAll(header.ownFields());
        return all;
    }

    private static CompletionStage<Verdict> refused(Verdict.Why why, String detail) {
        return CompletableFuture.completedFuture(new Verdict.Refused(why, detail));
    }

    private CompletionStage<Verdict> traced(
            Submission submission, HeaderScan header, Wishes wishes, Instant now, boolean onlyCheck) {
        MessageId id = submission.id().orElseGet(ids::next);
        Trace trace = trace(id, submission.origin(), submission.recipients(), now);
        byte[] body = FinalMessage.of(submission.bytes(), submission.length(), header, trace);
        return spooled(submission, id, body, wishes, now, onlyCheck);
    }

    private CompletionStage<Verdict> spooled(
            Submission submission, MessageId id, byte[] body, Wishes wishes, Instant now, boolean onlyCheck) {
        Verdict accepted = new Verdict.Accepted(id, body.length);
        if (onlyCheck) {
            return CompletableFuture.completedFuture(accepted);
        }
        List<Reference> references = references(id, submission, wishes, now, body.length);
        return spool.accept(new Spool.Message(id, body, references)).handle((done, failure) -> {
            if (failure != null) {
                return refusal(submission.origin().sessionId(), failure);
            }
            handOver.offer(references);
            return accepted;
        });
    }

    private static Verdict refusal(String sessionId, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Overloaded) {
            return CONGESTED;
        }
        log.error("session={} the spool could not take a message", sessionId, cause);
        return FAILED;
    }

    private List<Reference> references(
            MessageId id, Submission submission, Wishes wishes, Instant now, long sizeBytes) {
        Submission.Origin origin = submission.origin();
        Instant start = wishes.notBefore().orElse(now);
        Instant expiresAt = wishes.expiresAt().orElse(start.plus(settings.giveUpAfter()));
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
                    submission.needs(),
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
