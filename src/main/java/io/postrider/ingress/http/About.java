package io.postrider.ingress.http;

import io.postrider.ingress.http.docs.Description;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** {@code /openapi.json} and {@code /docs}: what this API is, for everybody. */
public final class About {

    private About() {}

    public static List<Route> routes() {
        Description description = Description.load();
        HttpResponse document = answer(ContentTypes.APPLICATION_JSON, description.openApi());
        HttpResponse page = answer(ContentTypes.TEXT_HTML_UTF8, description.page())
                .addHeader(RawHeader.create("Content-Security-Policy", description.contentSecurityPolicy()))
                .addHeader(RawHeader.create("Referrer-Policy", "no-referrer"));
        return List.of(
                Route.open(HttpMethods.GET, "/openapi.json", call -> CompletableFuture.completedStage(document)),
                Route.open(HttpMethods.GET, "/docs", call -> CompletableFuture.completedStage(page)));
    }

    private static HttpResponse answer(ContentType type, byte[] body) {
        return HttpResponse.create()
                .withEntity(type, body)
                .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"))
                .addHeader(RawHeader.create("Cache-Control", "no-cache"));
    }
}
