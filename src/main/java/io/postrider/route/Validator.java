package io.postrider.route;

import io.postrider.route.NameServers.Heard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Judges responses by their signatures, up to a trust anchor (RFC 4035 §5). What it needs for that, keys and delegations,
 * it asks the same servers for, one question after the other, so a look-up has never more than one on the way.
 *
 * <p>dnsjava's validator lets a denial pass as insecure when a key that it needs cannot be had. Whoever holds back the
 * key could so deny TLSA records that exist. Hence each look-up runs on its own {@link Course}, which remembers that a
 * question failed, and then the look-up has failed.
 */
final class Validator {

    /** A name has few zones above it and an answer few names; somebody who makes up hundreds is not worth the questions. */
    private static final int MOST_QUESTIONS = 60;

    private final NameServers servers;
    private final ValidatingResolver validating;
    private final Executor executor;
    private final InstantSource clock;

    Validator(NameServers servers, DaneSettings settings, Executor executor, InstantSource clock) {
        this.servers = servers;
        this.executor = executor;
        this.clock = clock;
        this.validating = new ValidatingResolver(new Head(), clock.withZone(ZoneOffset.UTC));
        Properties bounds = new Properties();
        bounds.setProperty("dnsjava.dnssec.keycache.max_size", Integer.toString(settings.keys()));
        try {
            validating.init(bounds);
            validating.getTrustAnchors().clear();
            validating.loadTrustAnchors(TrustAnchors.read(settings.anchors()));
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    CompletionStage<Heard> ask(Question question) {
        Course course = new Course();
        return validating
                .sendAsync(question.message(), course)
                .handle((response, failure) -> heard(course, response, failure));
    }

    private Heard heard(Course course, @Nullable Message response, @Nullable Throwable failure) {
        Optional<String> failed = course.failure();
        if (failed.isPresent() || response == null) {
            return new Heard.Nothing(failed.orElse("no answer (" + failure + ")"), false);
        }
        int code = response.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            return new Heard.Nothing("DNSSEC: " + reason(response), true);
        }
        boolean secure = response.getHeader().getFlag(Flags.AD);
        return new Heard.Response(response, secure, secure ? holds(response) : NameServers.WITHOUT_END);
    }

    /** RFC 4035 §5.3.3: nothing is kept for longer than its signature holds. */
    private Duration holds(Message response) {
        Instant now = clock.instant();
        Duration least = NameServers.WITHOUT_END;
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (Record record : response.getSection(section)) {
                if (record instanceof RRSIGRecord signature) {
                    Duration left = Duration.between(now, signature.getExpire());
                    least = left.compareTo(least) < 0 ? left : least;
                }
            }
        }
        return least.isNegative() ? Duration.ZERO : least;
    }

    /** The validator puts it into a record that no server could send. */
    private static String reason(Message response) {
        for (Record record : response.getSection(Section.ADDITIONAL)) {
            if (record instanceof TXTRecord text && record.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS) {
                return String.join("", text.getStrings());
            }
        }
        return Rcode.string(response.getRcode());
    }

    /** One look-up with all the questions behind it. The validator hands it from step to step as its executor. */
    private final class Course implements Executor {

        private int questions;
        private @Nullable String failure;

        @Override
        public void execute(Runnable step) {
            executor.execute(step);
        }

        synchronized Optional<String> failure() {
            return Optional.ofNullable(failure);
        }

        synchronized void fail(String reason) {
            failure = reason;
        }

        synchronized boolean mayAsk() {
            return ++questions <= MOST_QUESTIONS;
        }
    }

    /** What the validator does next, off the JDK's common pool, where it would go by itself. */
    private static final class Step<T> extends CompletableFuture<T> {

        private final Course course;

        Step(Course course) {
            this.course = course;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new Step<>(course);
        }

        @Override
        public Executor defaultExecutor() {
            return course;
        }
    }

    /** The servers, as the validator wants to see them. */
    private final class Head implements Resolver {

        @Override
        public CompletionStage<Message> sendAsync(Message query, Executor executor) {
            if (!(executor instanceof Course course)) {
                return CompletableFuture.failedFuture(new IllegalStateException("a step outside of any look-up"));
            }
            if (!course.mayAsk()) {
                return failed(course, "DNSSEC: more than " + MOST_QUESTIONS + " questions for one answer");
            }
            Record asked = query.getQuestion();
            Step<Message> answered = new Step<>(course);
            servers.unvalidated(new Question(asked.getName(), asked.getType(), false))
                    .thenAccept(heard -> {
                        switch (heard) {
                            case Heard.Response response -> answered.complete(response.message());
                            case Heard.Nothing nothing -> {
                                course.fail(nothing.reason());
                                answered.completeExceptionally(new IOException(nothing.reason()));
                            }
                        }
                    });
            return answered;
        }

        private CompletableFuture<Message> failed(Course course, String reason) {
            course.fail(reason);
            return CompletableFuture.failedFuture(new IOException(reason));
        }

        @Override
        public void setPort(int port) {}

        @Override
        public void setTCP(boolean flag) {}

        @Override
        public void setIgnoreTruncation(boolean flag) {}

        @Override
        public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

        @Override
        public void setTSIGKey(@Nullable TSIG key) {}

        @Override
        public void setTimeout(Duration timeout) {}
    }
}
