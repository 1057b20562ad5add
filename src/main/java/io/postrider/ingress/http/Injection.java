package io.postrider.ingress.http;

import io.postrider.http.Answers;
import io.postrider.http.Json;
import io.postrider.http.Problem;
import io.postrider.ingress.Idempotency;
import io.postrider.ingress.Idempotency.Ended;
import io.postrider.ingress.Idempotency.Turn;
import io.postrider.ingress.Intake;
import io.postrider.ingress.RejectedLog;
import io.postrider.ingress.Submission;
import io.postrider.ingress.Verdict;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.mail.SubmissionId;
import io.postrider.metrics.Meters;
import io.postrider.spool.Fingerprint;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reservation.Answer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Brings an order into the spool, once per key of its owner, and tells what became of it. Safe for all threads; an
 * outcome that was taken is on stable storage.
 */
final class Injection {

    /**
     * What it needs.
     *
     * @param ticker nanoseconds that only go forward
     */
    record Parts(
            Intake intake,
            Idempotency idempotency,
            RejectedLog rejectedLog,
            Meters meters,
            InstantSource clock,
            LongSupplier ticker) {}

    /** A key that came with an order, and what was submitted under it. */
    record Key(String text, Fingerprint payload) {}

    /** What one message came to: there is no problem when it was taken. */
    private record Settled(int place, MessageId id, Optional<Problem> problem, boolean maybeTaken) {}

    private static final Reply NO_ADDRESS = Reply.of(553, "5.1.3", "Not an address");
    /** Bytes of large messages of one order that are made at a time, besides one. */
    private static final long AT_A_TIME = 16 << 20;

    private static final long LONGEST_REHEARSAL_NANOS = 30_000_000_000L;

    private final HttpSettings settings;
    private final Parts parts;
    private final Materializer materializer;

    Injection(HttpSettings settings, Parts parts, Materializer materializer) {
        this.settings = settings;
        this.parts = parts;
        this.materializer = materializer;
    }

    Intake intake() {
        return parts.intake();
    }

    /**
     * Never fails: what cannot be done is an outcome too.
     *
     * @param turn of an order that came with a key
     */
    CompletionStage<Outcome> inject(Order order, Call call, Optional<Turn> turn) {
        try {
            return checked(order, call, turn)
                    .exceptionally(failure -> new Outcome.Failed(Answers.toProblem(call.request(), failure), true));
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(new Outcome.Failed(Answers.toProblem(call.request(), e)));
        }
    }

    private CompletionStage<Outcome> checked(Order order, Call call, Optional<Turn> turn) {
        noteRejected(order, call);
        if (order.messages() == 0) {
            throw Problem.of(422, "all_recipients_rejected", "no recipient could be taken")
                    .telling("rejected", AnswerJson.rejected(order.rejected()));
        }
        if (order.sizeHint() * order.messages() > settings.body().maxSubmission()) {
            throw Problem.of(
                    413,
                    "body_too_large",
                    "all messages of a request together may have "
                            + settings.body().maxSubmission() + " bytes");
        }
        if (parts.intake().isCongested()) {
            throw Problem.overloaded("too much mail is waiting; try again later");
        }
        if (order.dryRun()) {
            return rehearsed(order, call);
        }
        if (order.messages() > 1 && order.isTemplate()) {
            rehearse(order, call);
        }
        MessageId id = turn.map(Turn::id).orElseGet(parts.intake()::nextId);
        return accepted(order, call, id, turn);
    }

    // ---- without storing

    private CompletionStage<Outcome> rehearsed(Order order, Call call) {
        if (order.messages() > 1) {
            rehearse(order, call);
        }
        MessageId id = parts.intake().nextId();
        Submission first = order.message(0, id, origin(call), parts.clock().instant());
        return parts.intake().check(first).thenApply(verdict -> {
            if (verdict instanceof Verdict.Refused refused) {
                throw problem(refused);
            }
            return new Outcome.Taken(200, AnswerJson.checked(order), "", false);
        });
    }

    /** Makes every message once and keeps none, so that the last of a thousand recipients cannot spoil half a request. */
    private void rehearse(Order order, Call call) {
        MessageId id = parts.intake().nextId();
        long start = parts.ticker().getAsLong();
        for (int place = 0; place < order.messages(); place++) {
            order.message(place, id, origin(call), parts.clock().instant());
            if (parts.ticker().getAsLong() - start > LONGEST_REHEARSAL_NANOS) {
                throw Problem.invalid(
                        "template_failed",
                        "the templates take too long",
                        "/recipients/" + place,
                        "not reached in time");
            }
        }
    }

    // ---- with a key

    /**
     * Does the work unless it was done under this key. Never fails.
     *
     * @param work all of it, from the reading of the request on: whether a request is right may depend on the time
     */
    CompletionStage<Outcome> once(Call call, Key key, Function<Turn, CompletionStage<Outcome>> work) {
        String owner = call.caller().isTrustedHost()
                ? Idempotency.TRUSTED_HOST
                : "key " + call.caller().owner();
        Idempotency.Work<Outcome> once = new Idempotency.Work<>() {
            @Override
            public CompletionStage<Ended<Outcome>> run(Turn turn) {
                return done(call, () -> work.apply(turn)).thenApply(Injection::ended);
            }

            @Override
            public Outcome replayed(Answer answer) {
                String id = Json.read(answer.text()).path("id").asText();
                return new Outcome.Taken(answer.code(), answer.text(), id, true);
            }

            @Override
            public Outcome inFlight() {
                return new Outcome.Failed(
                        Problem.of(409, "idempotency_in_flight", "a request with this key is being worked on")
                                .with("Retry-After", "1"));
            }

            @Override
            public Outcome otherPayload() {
                return new Outcome.Failed(
                        Problem.of(422, "idempotency_mismatch", "this Idempotency-Key was used with another body"));
            }
        };
        return done(call, () -> parts.idempotency().once(owner, key.text(), key.payload(), once));
    }

    /** What is thrown was thrown before anything was taken; a stage may fail later. */
    private static CompletionStage<Outcome> done(Call call, Supplier<CompletionStage<Outcome>> work) {
        try {
            return work.get()
                    .exceptionally(failure -> new Outcome.Failed(Answers.toProblem(call.request(), failure), true));
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(new Outcome.Failed(Answers.toProblem(call.request(), e)));
        }
    }

    /** A rehearsal has no id, and uses up no key. */
    private static Ended<Outcome> ended(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Taken taken ->
                taken.id().isEmpty()
                        ? new Ended.Refused<>(outcome)
                        : new Ended.Accepted<>(outcome, new Answer(taken.status(), taken.json()));
            case Outcome.Failed failed ->
                failed.maybeTaken() ? new Ended.Unknown<>(outcome) : new Ended.Refused<>(outcome);
        };
    }

    // ---- into the spool

    private CompletionStage<Outcome> accepted(Order order, Call call, MessageId id, Optional<Turn> turn) {
        if (order.messages() == 1) {
            return accept(order, call, 0, id, turn).thenApply(only -> outcome(order, id, List.of(only), turn));
        }
        SubmissionId submission = SubmissionId.of(id, order.messages());
        return Source.range(0, order.messages() - 1)
                .mapAsync(parallelism(order), place -> accept(order, call, place, submission.message(place), turn))
                .withAttributes(ActorAttributes.dispatcher(HttpSettings.WORKERS))
                .runWith(Sink.seq(), materializer)
                .thenApply(settled -> outcome(order, submission.id(), settled, turn));
    }

    private int parallelism(Order order) {
        long atATime = AT_A_TIME / Math.max(1, order.sizeHint());
        return (int) Math.max(1, Math.min(settings.batch().parallelism(), atATime));
    }

    /** Never fails, so that nobody goes on while other messages of the order are still on their way to the disk. */
    private CompletionStage<Settled> accept(Order order, Call call, int place, MessageId id, Optional<Turn> turn) {
        long start = parts.ticker().getAsLong();
        Submission submission;
        try {
            submission = order.message(place, id, origin(call), parts.clock().instant());
        } catch (RuntimeException e) {
            Problem problem = Answers.toProblem(call.request(), e);
            return CompletableFuture.completedStage(new Settled(place, id, Optional.of(problem), false));
        }
        CompletionStage<Verdict> verdict = turn.isPresent()
                ? parts.intake().accept(submission, turn.get())
                : parts.intake().accept(submission);
        return verdict.thenApply(said -> {
            if (said instanceof Verdict.Accepted) {
                parts.meters()
                        .accepted(order.recipients(place).size(), parts.ticker().getAsLong() - start);
            }
            return said instanceof Verdict.Refused refused
                    ? new Settled(place, id, Optional.of(problem(refused)), refused.why() == Verdict.Why.FAILED)
                    : new Settled(place, id, Optional.empty(), true);
        });
    }

    private static Outcome outcome(Order order, MessageId id, List<Settled> settled, Optional<Turn> turn) {
        List<AnswerJson.Message> taken = new ArrayList<>(settled.size());
        List<Order.Rejected> rejected = order.rejected();
        Optional<Problem> problem = Optional.empty();
        for (Settled one : settled) {
            if (one.problem().isPresent()) {
                problem = one.problem();
                rejected = with(rejected, order.recipients(one.place()), problem.get());
            } else {
                taken.add(new AnswerJson.Message(one.id(), order.recipients(one.place())));
            }
        }
        // With a key, a repeat goes on where this one had to stop; without one it would do everything twice.
        if (problem.isPresent() && (taken.isEmpty() || turn.isPresent())) {
            return new Outcome.Failed(problem.get(), settled.stream().anyMatch(Settled::maybeTaken));
        }
        return new Outcome.Taken(202, AnswerJson.queued(id, taken, rejected), id.toString(), false);
    }

    private static List<Order.Rejected> with(
            List<Order.Rejected> rejected, List<Recipient> recipients, Problem problem) {
        List<Order.Rejected> more = new ArrayList<>(rejected);
        for (Recipient recipient : recipients) {
            String detail = String.valueOf(problem.getMessage());
            more.add(new Order.Rejected(recipient.mailbox().address(), problem.code(), detail));
        }
        return more;
    }

    private static Problem problem(Verdict.Refused refused) {
        return switch (refused.why()) {
            case CONGESTED, FAILED, UNSIGNED -> Problem.overloaded(refused.detail());
            case HEADER_TOO_LARGE -> Problem.of(413, "body_too_large", refused.detail());
            case LOOP, BAD_FIELD -> Problem.invalid("", refused.detail());
            case NOT_YOURS -> Problem.of(Problem.INVALID, "sender_not_allowed", refused.detail());
            case IN_FLIGHT ->
                Problem.of(409, "idempotency_in_flight", refused.detail()).with("Retry-After", "1");
            case OTHER_PAYLOAD -> Problem.of(422, "idempotency_mismatch", refused.detail());
        };
    }

    private Submission.Origin origin(Call call) {
        InetAddress client = call.caller().client();
        String literal = (client instanceof Inet6Address ? "[IPv6:" : "[") + client.getHostAddress() + "]";
        return new Submission.Origin(
                settings.name(),
                call.id(),
                call.caller().identity(),
                client,
                literal,
                "HTTP",
                Optional.empty(),
                settings.body().maxHops(),
                true);
    }

    private void noteRejected(Order order, Call call) {
        if (order.rejected().isEmpty() || order.dryRun()) {
            return;
        }
        parts.meters().rejected(order.rejected().size());
        for (Order.Rejected one : order.rejected()) {
            parts.rejectedLog()
                    .rejected(new RejectedLog.Rejection(
                            parts.clock().instant(),
                            settings.name(),
                            call.id(),
                            call.caller().client().getHostAddress(),
                            order.sender(),
                            one.email(),
                            NO_ADDRESS));
        }
    }
}
