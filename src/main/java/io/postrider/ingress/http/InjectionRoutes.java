package io.postrider.ingress.http;

import io.postrider.ingress.Idempotency;
import io.postrider.ingress.Intake;
import io.postrider.ingress.ReceiveBudget;
import io.postrider.ingress.RejectedLog;
import io.postrider.metrics.Meters;
import io.postrider.mime.template.Templates;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;

/** The routes that take mail: {@code POST /v1/message} and {@code POST /v1/message/batch}. */
public final class InjectionRoutes {

    /**
     * What they need.
     *
     * @param ticker nanoseconds that only go forward, for waits
     */
    public record Parts(
            Intake intake,
            Idempotency idempotency,
            Templates templates,
            RejectedLog rejectedLog,
            Meters meters,
            InstantSource clock,
            LongSupplier ticker) {}

    private InjectionRoutes() {}

    public static List<Route> of(ActorSystem<?> system, HttpSettings settings, Parts parts) {
        Materializer materializer = SystemMaterializer.get(system).materializer();
        Executor executor = system.dispatchers().lookup(DispatcherSelector.fromConfig(HttpSettings.WORKERS));
        Workers workers = new Workers(executor, settings.work());
        ReceiveBudget budget = new ReceiveBudget(settings.body().receiveBuffer());
        Bodies bodies = new Bodies(settings, budget, parts.ticker(), materializer);
        Injection injection = new Injection(
                settings,
                new Injection.Parts(
                        parts.intake(),
                        parts.idempotency(),
                        parts.rejectedLog(),
                        parts.meters(),
                        parts.clock(),
                        parts.ticker()),
                materializer);
        PostMessage message = new PostMessage(settings, injection, parts.templates(), bodies, workers, parts.clock());
        return List.of(
                Route.of(HttpMethods.POST, "/v1/message", message),
                Route.of(
                        HttpMethods.POST, "/v1/message/batch", new PostBatch(settings, message, bodies, materializer)));
    }
}
