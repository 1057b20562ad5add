package io.postrider.route;

import io.postrider.route.AnswerReader.Reading;
import io.postrider.route.NameServers.Heard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers questions from the cache or the servers. Who asks what is already being asked shares that answer. Stages
 * complete on own threads and never fail.
 */
final class LookUps implements AutoCloseable {

    private static final Answer TOO_MANY = new Answer.Failed("too many look-ups wait for the DNS", false);
    private static final Answer CLOSED = new Answer.Failed("shutting down", false);

    private final DnsSettings settings;
    private final ThreadPoolExecutor executor;
    private final NameServers servers;
    private final AnswerCache cache;
    private final Turnstile turnstile;
    private final ConcurrentMap<Question, CompletableFuture<Answer>> underWay = new ConcurrentHashMap<>();

    LookUps(DnsSettings settings, DaneSettings dane, InstantSource clock) {
        this.settings = settings;
        this.executor = executor(settings);
        this.servers = new NameServers(settings, dane, executor, clock);
        this.cache = new AnswerCache(settings.cacheSize(), clock);
        this.turnstile = new Turnstile(settings.maxQueries(), settings.maxWaiting());
    }

    ThreadPoolExecutor executor() {
        return executor;
    }

    CompletionStage<Answer> ask(Question question) {
        Optional<Answer> known = cache.get(question);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<Answer> ours = new CompletableFuture<>();
        CompletableFuture<Answer> others = underWay.putIfAbsent(question, ours);
        if (others != null) {
            return others;
        }
        if (executor.isShutdown()) {
            finish(question, ours, CLOSED);
        } else if (!turnstile.enter(() -> start(question, ours))) {
            finish(question, ours, TOO_MANY);
        }
        return ours;
    }

    private void start(Question question, CompletableFuture<Answer> promise) {
        follow(question, 0, settings.longestTtl(), true).whenComplete((reading, bug) -> {
            Answer answer = reading == null ? new Answer.Failed(String.valueOf(bug), false) : reading.answer();
            if (settings.cacheSize() > 0) {
                cache.put(question, answer, kept(answer, reading == null ? Duration.ZERO : reading.ttl()));
            }
            finish(question, promise, answer);
            turnstile.leave().ifPresent(executor::execute);
        });
    }

    /** CNAMEs that lead outside of the response. Within one look-up, so that a loop of names ends instead of waiting. */
    private CompletionStage<Reading.Complete> follow(Question question, int hops, Duration ttl, boolean secure) {
        return servers.ask(question).thenCompose(heard -> switch (heard) {
            case Heard.Nothing nothing -> completed(new Answer.Failed(nothing.reason(), nothing.bogus()), ttl);
            case Heard.Response response -> {
                boolean proven = secure && response.secure();
                Duration kept = shorter(ttl, response.holds());
                yield switch (AnswerReader.read(response.message(), question.name(), question.type(), proven)) {
                    case Reading.Complete complete -> completed(complete.answer(), shorter(kept, complete.ttl()));
                    case Reading.AskFor other ->
                        hops == AnswerReader.MOST_CNAMES
                                ? completed(new Answer.Failed("more than " + hops + " CNAMEs", false), kept)
                                : follow(question.of(other.name()), hops + 1, shorter(kept, other.ttl()), proven);
                };
            }
        });
    }

    private static CompletionStage<Reading.Complete> completed(Answer answer, Duration ttl) {
        return CompletableFuture.completedFuture(new Reading.Complete(answer, ttl));
    }

    /** RFC 2308 §7.1 lets a server's failure be remembered for a short while. */
    private Duration kept(Answer answer, Duration ttl) {
        return switch (answer) {
            case Answer.Found found -> longer(settings.shortestTtl(), shorter(settings.longestTtl(), ttl));
            case Answer.NoSuchRecord none -> negative(ttl);
            case Answer.NoSuchName none -> negative(ttl);
            case Answer.Failed failed -> settings.shortestTtl();
        };
    }

    private Duration negative(Duration ttl) {
        return longer(settings.shortestTtl(), shorter(settings.longestNegativeTtl(), ttl));
    }

    private void finish(Question question, CompletableFuture<Answer> promise, Answer answer) {
        underWay.remove(question, promise);
        promise.complete(answer);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Its queue holds a few steps for each question under way; a caller who finds it full does the step himself. */
    private static ThreadPoolExecutor executor(DnsSettings settings) {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                settings.threads(),
                settings.threads(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(settings.maxQueries() * 4),
                task -> {
                    Thread thread = new Thread(task, "postrider-dns-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    @Override
    public void close() {
        executor.shutdown();
        underWay.forEach((question, promise) -> finish(question, promise, CLOSED));
    }
}
