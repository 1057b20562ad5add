package io.postrider;

import com.typesafe.config.Config;
import io.postrider.http.ApiKeys;
import io.postrider.ingress.Idempotency;
import io.postrider.ingress.SmtpService;
import io.postrider.ingress.http.About;
import io.postrider.ingress.http.EventApi;
import io.postrider.ingress.http.EventStreamSettings;
import io.postrider.ingress.http.HttpApi;
import io.postrider.ingress.http.HttpListener;
import io.postrider.ingress.http.HttpSettings;
import io.postrider.ingress.http.InjectionRoutes;
import io.postrider.ingress.http.MessageApi;
import io.postrider.ingress.http.Route;
import io.postrider.inquiry.Cancellation;
import io.postrider.inquiry.MessageStory;
import io.postrider.key.KeyFile;
import io.postrider.key.WatchedKeys;
import io.postrider.mime.template.TemplateSettings;
import io.postrider.mime.template.Templates;
import io.postrider.queue.QueuePort;
import io.postrider.record.HistoryReader;
import io.postrider.record.Records;
import io.postrider.spool.Spool;
import io.postrider.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** The HTTP API of a node: its routes, each from the package that knows how to answer, on one listener. */
final class NodeHttp {

    /** A key is good within a second after it was made, and void within a second after it was revoked. */
    private static final Duration LOOK_AT_KEYS = Duration.ofMillis(500);

    /** The longest wait for a queue. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private NodeHttp() {}

    /** What is asked on behalf of those who follow their mail. */
    record Asked(Records records, Spool spool, QueuePort queues) {}

    static CompletionStage<HttpListener> open(
            ActorSystem<?> system,
            Config postrider,
            NodeTls tls,
            SmtpService smtp,
            Idempotency idempotency,
            Asked asked) {
        HttpSettings settings = HttpSettings.from(postrider);
        EventApi events = new EventApi(asked.records().feed(), EventStreamSettings.from(postrider.getConfig("events")));
        List<Route> routes = new ArrayList<>(About.routes());
        routes.addAll(InjectionRoutes.of(
                system,
                settings,
                new InjectionRoutes.Parts(
                        smtp.intake(),
                        idempotency,
                        new Templates(TemplateSettings.from(postrider), System::nanoTime),
                        smtp.rejectedLog(),
                        smtp.meters(),
                        smtp.clock(),
                        smtp.ticker())));
        routes.addAll(messages(asked).routes());
        routes.addAll(events.routes());
        return HttpApi.open(
                        system,
                        settings,
                        tls.server(TlsSettings.of(postrider, "http")),
                        routes,
                        keys(system, settings),
                        smtp.sessionIds()::next)
                .thenApply(listener -> listener.ending(events::close));
    }

    private static ApiKeys keys(ActorSystem<?> system, HttpSettings settings) {
        return keys(system, settings.apiKeysFile(), "postrider.http.api-keys-file");
    }

    /** @param setting that named the file, or did not */
    static ApiKeys keys(ActorSystem<?> system, Optional<Path> file, String setting) {
        if (file.isEmpty()) {
            return ApiKeys.NONE;
        }
        WatchedKeys keys = WatchedKeys.open(new KeyFile(file.get()), setting, LOOK_AT_KEYS, InstantSource.system());
        system.getWhenTerminated().whenComplete((done, failure) -> keys.close());
        return keys;
    }

    private static MessageApi messages(Asked asked) {
        HistoryReader history = asked.records().history();
        return new MessageApi(
                new MessageStory(asked.spool(), history, asked.queues(), ANSWER),
                new Cancellation(asked.spool(), history, asked.queues(), ANSWER),
                asked.records().search());
    }
}
