package io.postrider;

import com.typesafe.config.Config;
import io.postrider.ingress.SmtpService.SessionIds;
import io.postrider.ingress.http.About;
import io.postrider.ingress.http.ApiKeys;
import io.postrider.ingress.http.HttpApi;
import io.postrider.ingress.http.HttpListener;
import io.postrider.ingress.http.HttpSettings;
import io.postrider.ingress.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** The HTTP API of a node: its routes, each from the package that knows how to answer, on one listener. */
final class NodeHttp {

    private NodeHttp() {}

    static CompletionStage<HttpListener> open(ActorSystem<?> system, Config postrider, SessionIds requestIds) {
        HttpSettings settings = HttpSettings.from(postrider);
        List<Route> routes = new ArrayList<>(About.routes());
        return HttpApi.open(system, settings, routes, ApiKeys.NONE, requestIds::next);
    }
}
