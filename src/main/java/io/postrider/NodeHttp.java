package io.postrider;

import com.typesafe.config.Config;
import io.postrider.ingress.SmtpService.SessionIds;
import io.postrider.ingress.http.About;
import io.postrider.ingress.http.ApiKeys;
import io.postrider.ingress.http.HttpApi;
import io.postrider.ingress.http.HttpListener;
import io.postrider.ingress.http.HttpSettings;
import io.postrider.ingress.http.Route;
import io.postrider.ingress.key.KeyFile;
import io.postrider.ingress.key.WatchedKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** The HTTP API of a node: its routes, each from the package that knows how to answer, on one listener. */
final class NodeHttp {

    /** How soon a key is good after it was made, and void after it was revoked. */
    private static final Duration LOOK_AT_KEYS = Duration.ofSeconds(1);

    private NodeHttp() {}

    static CompletionStage<HttpListener> open(ActorSystem<?> system, Config postrider, SessionIds requestIds) {
        HttpSettings settings = HttpSettings.from(postrider);
        List<Route> routes = new ArrayList<>(About.routes());
        return HttpApi.open(system, settings, routes, keys(system, settings), requestIds::next);
    }

    private static ApiKeys keys(ActorSystem<?> system, HttpSettings settings) {
        if (settings.apiKeysFile().isEmpty()) {
            return ApiKeys.NONE;
        }
        WatchedKeys keys = WatchedKeys.open(new KeyFile(settings.apiKeysFile().get()), LOOK_AT_KEYS);
        system.getWhenTerminated().whenComplete((done, failure) -> keys.close());
        return keys;
    }
}
