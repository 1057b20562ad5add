package io.postrider.ingress;

import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.MessageIds;
import io.postrider.mail.Reply;
import io.postrider.mime.FinalMessage;
import io.postrider.mime.HeaderScan;
import io.postrider.mime.Trace;
import io.postrider.smtp.Dsn;
import io.postrider.smtp.ReceivedMessage;
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

    private static final Reply CONGESTED = Reply.of(452, "4.3.1", "Too much mail is waiting, try again later");
    private static final Reply FAILED = Reply.of(451, "4.3.0", "The message could not be stored, try again later");
    private static final Reply LOOP = Reply.of(554, "5.4.6", "Too many hops: the message is in a loop");

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
     * The answer to the end of data. It is positive only after the spool has the message on stable storage; completes on
     * the spool's threads, or at once. Never fails.
     */
    public CompletionStage<Reply> accept(Submission submission) {
        if (handOver.isCongested()) {
            return CompletableFuture.completedFuture(CONGESTED);
        }
        if (submission.message().length() <= settings.largeMessage()) {
            return take(submission);
        }
        try {
            return CompletableFuture.supplyAsync(() -> take(submission), largeMessages)
                    .thenCompose(reply -> reply);
        } catch (RejectedExecutionException tooMany) {
            return CompletableFuture.completedFuture(CONGESTED);
        }
    }

    @Override
    public void close() {
        largeMessages.shutdown();
    }

    private CompletionStage<Reply> take(Submission submission) {
        try {
            return stored(submission);
        } catch (RuntimeException bug) {
            log.error("session={} a message could not be taken in", submission.sessionId(), bug);
            return CompletableFuture.completedFuture(FAILED);
        }
    }

    private CompletionStage<Reply> stored(Submission submission) {
        ReceivedMessage message = submission.message();
        HeaderScan header = HeaderScan.of(message.bytes(), message.length(), settings.maxHeader());
        if (header.isTooLarge()) {
            String text = "The header is larger than " + settings.maxHeader() + " bytes";
            return CompletableFuture.completedFuture(Reply.of(552, "5.3.4", text));
        }
        if (header.receivedCount() > submission.maxHops()) {
            return CompletableFuture.completedFuture(LOOP);
        }
        Instant now = clock.instant();
        return switch (Instructions.read(header.ownFields(), isPool, now, settings.longestHold())) {
            case Instructions.Refused refused -> CompletableFuture.completedFuture(refused.reply());
            case Instructions.Given given -> spooled(submission, header, given, now);
        };
    }

    private CompletionStage<Reply> spooled(
            Submission submission, HeaderScan header, Instructions.Given given, Instant now) {
        ReceivedMessage message = submission.message();
        MessageId id = ids.next();
        Trace trace = new Trace(
                settings.hostname(),
                message.helo(),
                submission.client(),
                message.protocol().name(),
                id,
                message.recipients(),
                now);
        byte[] body = FinalMessage.of(message.bytes(), message.length(), header, trace);
        List<Reference> references = references(id, submission, given, now, body.length);
        String sessionId = submission.sessionId();
        return spool.accept(new Spool.Message(id, body, references)).handle((done, failure) -> {
            if (failure != null) {
                return refusal(sessionId, failure);
            }
            handOver.offer(references);
            return Reply.of(250, "2.0.0", "queued as " + id);
        });
    }

    private static Reply refusal(String sessionId, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Overloaded) {
            return CONGESTED;
        }
        log.error("session={} the spool could not take a message", sessionId, cause);
        return FAILED;
    }

    private List<Reference> references(
            MessageId id, Submission submission, Instructions.Given given, Instant now, long sizeBytes) {
        ReceivedMessage message = submission.message();
        Instant start = given.notBefore().orElse(now);
        Instant expiresAt = given.expiresAt().orElse(start.plus(settings.giveUpAfter()));
        Reference.Needs needs = new Reference.Needs(message.eightBit(), message.smtpUtf8());
        Map<Domain, List<Recipient>> byDomain = byDomain(message);
        List<Reference> references = new ArrayList<>(byDomain.size());
        for (Map.Entry<Domain, List<Recipient>> entry : byDomain.entrySet()) {
            references.add(new Reference(
                    id,
                    entry.getKey(),
                    message.sender(),
                    entry.getValue(),
                    given.labels(),
                    given.notBefore(),
                    expiresAt,
                    "",
                    submission.listener(),
                    submission.sessionId(),
                    sizeBytes,
                    needs,
                    message.dsn().envelopeId(),
                    message.dsn().ret(),
                    byDomain.size()));
        }
        return references;
    }

    private static Map<Domain, List<Recipient>> byDomain(ReceivedMessage message) {
        List<Mailbox> recipients = message.recipients();
        if (recipients.size() == 1) {
            Mailbox only = recipients.get(0);
            return Map.of(only.domain().orElseThrow(), List.of(recipient(0, only, message)));
        }
        Map<Domain, List<Recipient>> byDomain = new LinkedHashMap<>();
        int index = 0;
        for (Mailbox recipient : recipients) {
            byDomain.computeIfAbsent(recipient.domain().orElseThrow(), domain -> new ArrayList<>())
                    .add(recipient(index++, recipient, message));
        }
        return byDomain;
    }

    private static Recipient recipient(int index, Mailbox mailbox, ReceivedMessage message) {
        Dsn.Wish wish = message.dsn().recipient(index);
        return new Recipient(index, mailbox, wish.notifyOn(), wish.originalRecipient());
    }
}
