package io.postrider.ingress.http;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Answers one kind of request. Called on a Pekko thread, so it must not block; it throws or fails with {@link
 * io.postrider.http.Problem} where it cannot answer, and reads the request's entity or leaves it alone: what is left of
 * it is discarded.
 */
@FunctionalInterface
public interface Handler {
    CompletionStage<HttpResponse> answer(Call call);
}
