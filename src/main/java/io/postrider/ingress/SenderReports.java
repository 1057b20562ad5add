package io.postrider.ingress;

import io.postrider.bounce.DeliveryReport;
import io.postrider.bounce.DeliveryReport.Action;
import io.postrider.bounce.ReportId;
import io.postrider.bounce.ReportMessage;
import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import io.postrider.metrics.Meters;
import io.postrider.queue.LateMessage;
import io.postrider.queue.OwedReport;
import io.postrider.queue.ReportSettings;
import io.postrider.queue.Reporter;
import io.postrider.signing.Signing;
import io.postrider.smtp.Dsn;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import io.postrider.spool.Spool.Cause;
import io.postrider.spool.Spool.Cursor;
import io.postrider.spool.Spool.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes mail of the reports that queues owe to senders, and hands it over as any mail: from {@code <>}, with the class
 * {@code report}, to one recipient. Safe for all threads.
 */
public final class SenderReports implements Reporter {

    private static final Logger log = LoggerFactory.getLogger(SenderReports.class);

    private static final String CLASS = "report";

    private final ReportSettings settings;
    private final String hostname;
    private final Duration giveUpAfter;
    private final Spool spool;
    private final CompletionStage<? extends HandOver> handOver;
    private final ReportShares shares;
    private final Signing signing;
    private final Meters meters;

    /**
     * @param handOver what is made before it is there is handed over when it is
     * @param shares who had how many reports
     * @param signing as for any mail, by the domain that the reports come from
     */
    public SenderReports(
            ReportSettings settings,
            String hostname,
            Duration giveUpAfter,
            Spool spool,
            CompletionStage<? extends HandOver> handOver,
            ReportShares shares,
            Signing signing,
            Meters meters) {
        this.settings = settings;
        this.hostname = hostname;
        this.giveUpAfter = giveUpAfter;
        this.spool = spool;
        this.handOver = handOver;
        this.shares = shares;
        this.signing = signing;
        this.meters = meters;
    }

    @Override
    public CompletionStage<List<Report>> report(Domain domain, List<OwedReport> owed) {
        List<MessageId> ids = owed.stream().map(OwedReport::message).distinct().toList();
        return spool.load(domain, ids).thenCompose(found -> all(domain, owed, found));
    }

    private CompletionStage<List<Report>> all(Domain domain, List<OwedReport> owed, Map<MessageId, Stored> found) {
        CompletionStage<List<Report>> all = CompletableFuture.completedStage(new ArrayList<>(owed.size()));
        for (OwedReport one : owed) {
            CompletionStage<Optional<Report>> ended = ended(domain, one, Optional.ofNullable(found.get(one.message())));
            all = all.thenCombine(ended, (reports, report) -> {
                report.ifPresent(reports::add);
                return reports;
            });
        }
        return all;
    }

    @Override
    public CompletionStage<List<MessageId>> late(Domain domain, List<LateMessage> late) {
        List<MessageId> ids = late.stream().map(LateMessage::message).toList();
        return spool.load(domain, ids).thenCompose(found -> {
            CompletionStage<List<MessageId>> all = CompletableFuture.completedStage(new ArrayList<>(late.size()));
            for (LateMessage one : late) {
                CompletionStage<Boolean> told = told(domain, one, Optional.ofNullable(found.get(one.message())));
                all = all.thenCombine(told, (messages, isTold) -> {
                    if (isTold) {
                        messages.add(one.message());
                    }
                    return messages;
                });
            }
            return all;
        });
    }

    /** True for what has gone meanwhile; false for what was held back on purpose, and is not late yet. */
    private CompletionStage<Boolean> told(Domain domain, LateMessage late, Optional<Stored> stored) {
        if (stored.isEmpty()) {
            return CompletableFuture.completedStage(true);
        }
        Reference reference = stored.get().reference();
        Optional<Instant> start = reference.notBefore();
        if (start.isPresent() && start.get().plus(settings.delayAfter()).isAfter(late.at())) {
            return CompletableFuture.completedStage(false);
        }
        Cause cause = new Cause(new Cursor(late.message(), domain), Cause.DELAY);
        return CompletableFuture.completedStage(stored.get())
                .thenCompose(there -> send(cause, late.at(), there, endings(late, reference)))
                .handle((ending, failure) -> succeeded(cause, failure));
    }

    private static boolean succeeded(Cause cause, @Nullable Throwable failure) {
        if (failure != null) {
            log.warn(
                    "message={} domain={} report not made, tried again: {}",
                    cause.about().message(),
                    cause.about().domain(),
                    failure.toString());
        }
        return failure == null;
    }

    private static List<DeliveryReport.Ending> endings(LateMessage late, Reference reference) {
        List<DeliveryReport.Ending> endings = new ArrayList<>(late.positions().size());
        for (int position : late.positions()) {
            if (position < reference.recipients().size()) {
                Recipient recipient = reference.recipients().get(position);
                if (wish(recipient).hearsOfDelay()) {
                    endings.add(new DeliveryReport.Ending(
                            recipient.mailbox(),
                            recipient.originalRecipient(),
                            Action.DELAYED,
                            late.last(),
                            "",
                            false,
                            Optional.of(late.triedUntil())));
                }
            }
        }
        return endings;
    }

    private static Dsn.Wish wish(Recipient recipient) {
        return new Dsn.Wish(recipient.notifyOn(), recipient.originalRecipient());
    }

    /** Empty when the spool could not take it now. */
    private CompletionStage<Optional<Report>> ended(Domain domain, OwedReport owed, Optional<Stored> stored) {
        Cause cause = new Cause(new Cursor(owed.message(), domain), owed.first());
        return CompletableFuture.completedStage(stored)
                .thenCompose(there -> end(cause, owed, there))
                .handle((ending, failure) -> succeeded(cause, failure)
                        ? Optional.of(new Report(owed.message(), owed.positions(), ending))
                        : Optional.empty());
    }

    private CompletionStage<Ending> end(Cause cause, OwedReport owed, Optional<Stored> stored) {
        if (stored.isEmpty()) {
            log.warn(
                    "message={} domain={} report not made: the message is gone",
                    owed.message(),
                    cause.about().domain());
            return CompletableFuture.completedStage(Ending.WAIVED);
        }
        List<DeliveryReport.Ending> endings = endings(owed, stored.get().reference());
        return send(cause, owed.at(), stored.get(), endings);
    }

    private CompletionStage<Ending> send(Cause cause, Instant at, Stored about, List<DeliveryReport.Ending> endings) {
        Reference reference = about.reference();
        if (reference.sender().isNullSender() || endings.isEmpty()) {
            return CompletableFuture.completedStage(Ending.WAIVED);
        }
        String sender = reference.sender().address();
        if (!shares.take(sender)) {
            meters.reportSuppressed();
            log.info(
                    "message={} domain={} sender={} report left out: more than {} in an hour",
                    reference.message(),
                    reference.domain(),
                    sender,
                    settings.perSender());
            return CompletableFuture.completedStage(Ending.SUPPRESSED);
        }
        MessageId id = ReportId.of(cause.about().message(), cause.about().domain(), cause.first(), at);
        byte[] body = body(id, at, about, endings);
        return signing.sign(body, reference.labels().tenant(), ours -> true, at)
                .thenCompose(signed ->
                        accepted(cause, new Spool.Message(id, signed, List.of(reference(id, reference, at, signed)))))
                .whenComplete((now, failure) -> {
                    if (failure != null || !now) {
                        shares.giveBack(sender);
                    }
                })
                .thenApply(now -> Ending.QUEUED);
    }

    /** False when it was there before. */
    private CompletionStage<Boolean> accepted(Cause cause, Spool.Message report) {
        return spool.acceptOnce(report, cause).thenApply(now -> {
            if (now) {
                meters.reportAccepted();
                handOver.thenAccept(to -> to.offer(report.references()));
            }
            return now;
        });
    }

    /** What the sender wants to hear. */
    private static List<DeliveryReport.Ending> endings(OwedReport owed, Reference reference) {
        List<DeliveryReport.Ending> endings = new ArrayList<>(owed.results().size());
        for (Result result : owed.results()) {
            if (result.position() < reference.recipients().size()) {
                Recipient recipient = reference.recipients().get(result.position());
                Dsn.Wish wish = wish(recipient);
                boolean relayed = result.kind() == Kind.DELIVERED;
                if (relayed ? wish.hearsOfSuccess() : wish.hearsOfFailure()) {
                    endings.add(new DeliveryReport.Ending(
                            recipient.mailbox(),
                            recipient.originalRecipient(),
                            relayed ? Action.RELAYED : Action.FAILED,
                            result.reply(),
                            owed.via().map(Via::mx).orElse(""),
                            result.kind() == Kind.EXPIRED,
                            Optional.empty()));
                }
            }
        }
        return endings;
    }

    private byte[] body(MessageId id, Instant at, Stored stored, List<DeliveryReport.Ending> endings) {
        Reference about = stored.reference();
        String from = settings.from().isEmpty() ? "MAILER-DAEMON@" + hostname : settings.from();
        boolean failed = endings.stream().anyMatch(ending -> ending.action() == Action.FAILED);
        return ReportMessage.of(new DeliveryReport(
                id,
                hostname,
                from,
                about.sender(),
                about.message(),
                about.envelopeId(),
                at,
                endings,
                returned(about, stored.body().first(), failed),
                about.needs().tls() == TlsWish.OPTIONAL));
    }

    /**
     * RFC 3461 §4.3: RET says what comes with a failure; where nothing failed, the header is enough. So it is for mail that
     * requires TLS: "the server MUST behave as if RET=HDRS was present" (RFC 8689 §5).
     */
    private DeliveryReport.Returned returned(Reference about, byte[] first, boolean failed) {
        boolean headerAlone = about.ret().equals("HDRS") || about.needs().tls() == TlsWish.REQUIRED;
        boolean whole = failed && !headerAlone && about.sizeBytes() <= settings.maxReturned();
        byte[] bytes = whole ? first : ReturnedHeader.of(first, settings.maxReturned());
        return new DeliveryReport.Returned(bytes, whole, about.needs().smtpUtf8());
    }

    private Reference reference(MessageId id, Reference about, Instant at, byte[] body) {
        Mailbox to = about.sender();
        Labels labels = new Labels(
                about.labels().tenant(),
                about.labels().campaign(),
                CLASS,
                about.labels().pool(),
                List.of(),
                Map.of("report-about", about.message().toString()));
        return new Reference(
                id,
                to.domain().orElseThrow(),
                Mailbox.NULL_SENDER,
                List.of(Recipient.of(0, to)),
                labels,
                Optional.empty(),
                at.plus(giveUpAfter),
                about.owner(),
                "reports",
                "",
                body.length,
                // RFC 8689 §5: a report is to be protected as the message that it is about.
                new Reference.Needs(
                        ReturnedHeader.isEightBit(body),
                        isUtf8(to),
                        about.needs().tls()),
                "",
                "",
                1);
    }

    /** Its To field then holds UTF-8 (RFC 6532). */
    private static boolean isUtf8(Mailbox to) {
        String address = to.address();
        return address.substring(0, address.lastIndexOf('@')).chars().anyMatch(c -> c > '~');
    }
}
