package io.postrider.ingress;

import io.postrider.ingress.Idempotency.Ended;
import io.postrider.ingress.Idempotency.Turn;
import io.postrider.mail.Identity;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.mail.TlsWish;
import io.postrider.mime.FinalMessage;
import io.postrider.mime.HeaderScan;
import io.postrider.mime.HeaderScan.OwnField;
import io.postrider.mime.Trace;
import io.postrider.signing.Signing;
import io.postrider.signing.SigningFailed;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Reservation.Answer;
import io.postrider.spool.Spool;
import io.postrider.store.Overloaded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
    private static final Verdict UNSIGNED =
            new Verdict.Refused(Verdict.Why.UNSIGNED, "The message could not be signed, try again later");
    private static final Verdict IN_FLIGHT = new Verdict.Refused(
            Verdict.Why.IN_FLIGHT, "A message with the same idempotency key is being taken in, try again later");
    private static final Verdict OTHER_PAYLOAD = new Verdict.Refused(
            Verdict.Why.OTHER_PAYLOAD, "The idempotency key was used for another message or envelope");
    private static final Verdict LOOP =
            new Verdict.Refused(Verdict.Why.LOOP, "Too many hops: the message is in a loop");

    /** Where a message goes when it is whole. */
    private interface Keeping {
        /** False when it was there before. */
        CompletionStage<Boolean> keep(Spool.Message message);
    }

    private static final Keeping NOWHERE = message -> CompletableFuture.completedStage(true);

    private final IntakeSettings settings;
    private final MessageIds ids;
    private final Spool spool;
    private final HandOver handOver;
    private final Predicate<String> isPool;
    private final Signing signing;
    private final SenderPolicy policy;
    private final InstantSource clock;
    private final Idempotency idempotency;
    private final ThreadPoolExecutor largeMessages;

    /** One that signs nothing. */
    public Intake(
            IntakeSettings settings,
            MessageIds ids,
            Spool spool,
            HandOver handOver,
            Predicate<String> isPool,
            Idempotency idempotency,
            InstantSource clock) {
        this(settings, ids, spool, handOver, isPool, idempotency, Signing.NONE, SenderPolicy.BY_IDENTITY, clock);
    }

    /**
     * @param isPool knows the names of the pools of sources
     * @param policy in whose name who may speak
     */
    public Intake(
            IntakeSettings settings,
            MessageIds ids,
            Spool spool,
            HandOver handOver,
            Predicate<String> isPool,
            Idempotency idempotency,
            Signing signing,
            SenderPolicy policy,
            InstantSource clock) {
        this.settings = settings;
        this.ids = ids;
        this.spool = spool;
        this.handOver = handOver;
        this.isPool = isPool;
        this.idempotency = idempotency;
        this.signing = signing;
        this.policy = policy;
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
        return judged(submission, this::keep);
    }

    /**
     * As {@link #accept(Submission)}, for a submission with a key: {@link Verdict.Repeated} when an earlier try had this
     * message accepted.
     *
     * @param submission with an id that is the turn's, or one made of it
     */
    public CompletionStage<Verdict> accept(Submission submission, Idempotency.Turn turn) {
        return judged(submission, message -> unlessKept(message, turn));
    }

    /** What {@link #accept} would say by the message itself. Stores nothing. */
    public CompletionStage<Verdict> check(Submission submission) {
        return judged(submission, NOWHERE);
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
                origin.encryption(),
                id,
                recipients.size() == 1 ? List.of(recipients.get(0).mailbox()) : List.of(),
                at);
    }

    /** Whether there is such a pool of sources. */
    public boolean isPool(String name) {
        return isPool.test(name);
    }

    /** How far ahead a message may ask to be sent or to expire. */
    public Duration longestHold() {
        return settings.longestHold();
    }

    /** Our name in what we write. */
    public String hostname() {
        return settings.hostname();
    }

    /** Whether new mail is refused as {@link Verdict.Why#CONGESTED} before anybody looks at it. */
    public boolean isCongested() {
        return handOver.isCongested();
    }

    private CompletionStage<Verdict> judged(Submission submission, Keeping keeping) {
        if (handOver.isCongested()) {
            return CompletableFuture.completedFuture(CONGESTED);
        }
        return onItsThread(submission, () -> stored(submission, keeping));
    }

    private CompletionStage<Verdict> onItsThread(Submission submission, Supplier<CompletionStage<Verdict>> work) {
        if (submission.length() <= settings.largeMessage()) {
            return tried(submission, work);
        }
        try {
            return CompletableFuture.supplyAsync(() -> tried(submission, work), largeMessages)
                    .thenCompose(verdict -> verdict);
        } catch (RejectedExecutionException tooMany) {
            return CompletableFuture.completedFuture(CONGESTED);
        }
    }

    @Override
    public void close() {
        largeMessages.shutdown();
    }

    private static CompletionStage<Verdict> tried(Submission submission, Supplier<CompletionStage<Verdict>> work) {
        try {
            return work.get();
        } catch (RuntimeException bug) {
            log.error(
                    "session={} a message could not be taken in",
                    submission.origin().sessionId(),
                    bug);
            return CompletableFuture.completedFuture(FAILED);
        }
    }

    private CompletionStage<Verdict> stored(Submission submission, Keeping keeping) {
        if (submission.isFinal()) {
            MessageId id = submission.id().orElseThrow();
            return allowed(submission, id, submission.bytes(), submission.asked(), clock.instant(), keeping);
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
            MessageId id = submission.id().orElseGet(ids::next);
            return traced(submission, id, header, submission.asked(), clock.instant(), keeping);
        }
        return switch (MessageKey.read(fields)) {
            case MessageKey.None none ->
                instructed(submission, submission.id().orElseGet(ids::next), header, fields, keeping);
            case MessageKey.Wrong wrong -> refused(Verdict.Why.BAD_FIELD, wrong.detail());
            case MessageKey.Given given -> keyed(submission, given.key(), header, fields, keeping);
        };
    }

    private CompletionStage<Verdict> instructed(
            Submission submission, MessageId id, HeaderScan header, List<OwnField> fields, Keeping keeping) {
        Instant now = clock.instant();
        return switch (Instructions.read(fields, isPool, now, settings.longestHold())) {
            case Instructions.Refused refused -> refused(Verdict.Why.BAD_FIELD, refused.detail());
            case Instructions.Given given -> traced(submission, id, header, given.wishes(), now, keeping);
        };
    }

    /** A message that names its key. Who names the id before has said under which key, if any. */
    private CompletionStage<Verdict> keyed(
            Submission submission, String key, HeaderScan header, List<OwnField> fields, Keeping keeping) {
        if (submission.id().isPresent()) {
            String detail = MessageKey.TITLE + "expected the key beside the message, in Idempotency-Key";
            return refused(Verdict.Why.BAD_FIELD, detail);
        }
        if (keeping == NOWHERE) {
            return instructed(submission, ids.next(), header, fields, keeping);
        }
        Idempotency.Work<Verdict> work = new Idempotency.Work<>() {
            @Override
            public CompletionStage<Ended<Verdict>> run(Turn turn) {
                Keeping once = message -> unlessKept(message, turn);
                return onItsThread(submission, () -> instructed(submission, turn.id(), header, fields, once))
                        .thenApply(Intake::ended);
            }

            @Override
            public Verdict replayed(Answer answer) {
                String id = new String(answer.text(), StandardCharsets.US_ASCII);
                return new Verdict.Repeated(MessageId.parse(id).orElseThrow());
            }

            @Override
            public Verdict inFlight() {
                return IN_FLIGHT;
            }

            @Override
            public Verdict otherPayload() {
                return OTHER_PAYLOAD;
            }
        };
        String owner = MessageKey.owner(submission.origin());
        return idempotency
                .once(owner, key, MessageKey.fingerprint(submission), work)
                .exceptionally(failure -> refusal(submission.origin().sessionId(), failure));
    }

    private static Ended<Verdict> ended(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted accepted -> new Ended.Accepted<>(verdict, answer(accepted.id()));
            case Verdict.Repeated repeated -> new Ended.Accepted<>(verdict, answer(repeated.id()));
            case Verdict.Refused refused ->
                refused.why() == Verdict.Why.FAILED ? new Ended.Unknown<>(verdict) : new Ended.Refused<>(verdict);
        };
    }

    private static Answer answer(MessageId id) {
        return new Answer(250, id.toString().getBytes(StandardCharsets.US_ASCII));
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
            Submission submission, MessageId id, HeaderScan header, Wishes wishes, Instant now, Keeping keeping) {
        Trace trace = trace(id, submission.origin(), submission.recipients(), now);
        byte[] body = FinalMessage.of(submission.bytes(), submission.length(), header, trace);
        Submission tagged = submission.with(header.isTlsOptional() ? TlsWish.OPTIONAL : TlsWish.USUAL);
        return allowed(tagged, id, body, wishes, now, keeping);
    }

    /** Nothing but a signature is added behind this, so what is looked at is what the recipients get. */
    private CompletionStage<Verdict> allowed(
            Submission submission, MessageId id, byte[] body, Wishes wishes, Instant now, Keeping keeping) {
        Identity identity = submission.origin().identity();
        Optional<String> objection = SenderRule.objection(submission, body)
                .or(() -> SenderRule.objection(identity, wishes.labels().tenant()));
        return objection.isPresent()
                ? refused(Verdict.Why.NOT_YOURS, objection.get())
                : signed(submission, id, body, wishes.of(identity), now, keeping);
    }

    /** The last thing that is done to the bytes; goes on where the signatures are made. */
    private CompletionStage<Verdict> signed(
            Submission submission, MessageId id, byte[] body, Wishes wishes, Instant now, Keeping keeping) {
        if (signing.isOff() || keeping == NOWHERE) {
            return spooled(submission, id, body, wishes, now, keeping);
        }
        Submission.Origin origin = submission.origin();
        return signing.sign(body, wishes.labels().tenant(), domain -> policy.mayUse(origin, domain), now)
                .thenCompose(signed -> spooled(submission, id, signed, wishes, now, keeping))
                .exceptionally(failure -> refusal(origin.sessionId(), failure));
    }

    private CompletionStage<Verdict> spooled(
            Submission submission, MessageId id, byte[] body, Wishes wishes, Instant now, Keeping keeping) {
        List<Reference> references =
                Destinations.references(id, submission, wishes, now, body.length, settings.giveUpAfter());
        return keeping.keep(new Spool.Message(id, body, references))
                .handle((isNew, failure) -> failure == null
                        ? verdict(isNew, id, body.length)
                        : refusal(submission.origin().sessionId(), failure));
    }

    private static Verdict verdict(boolean isNew, MessageId id, long sizeBytes) {
        return isNew ? new Verdict.Accepted(id, sizeBytes) : new Verdict.Repeated(id);
    }

    private CompletionStage<Boolean> keep(Spool.Message message) {
        return spool.accept(message).thenApply(done -> {
            handOver.offer(message.references());
            return true;
        });
    }

    private CompletionStage<Boolean> unlessKept(Spool.Message message, Turn turn) {
        return turn.wasAccepted(message.id())
                .thenCompose(was -> was ? CompletableFuture.completedStage(false) : keep(message));
    }

    private static Verdict refusal(String sessionId, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Overloaded) {
            return CONGESTED;
        }
        if (cause instanceof SigningFailed) {
            return UNSIGNED;
        }
        log.error("session={} the spool could not take a message", sessionId, cause);
        return FAILED;
    }
}
