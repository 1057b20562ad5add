package io.postrider.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.store.Overloaded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responses: JSON, and problems as RFC 9457 wants them. */
public final class Answers {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);
    private static final ContentType.NonBinary PROBLEM = ContentTypes.create(
            MediaTypes.customWithFixedCharset("application", "problem+json", HttpCharsets.UTF_8, Map.of(), false));

    private Answers() {}

    public static HttpResponse ok(JsonNode json) {
        return json(200, json);
    }

    public static HttpResponse json(int status, JsonNode json) {
        return HttpResponse.create().withStatus(status).withEntity(ContentTypes.APPLICATION_JSON, Json.write(json));
    }

    public static HttpResponse problem(Problem problem) {
        List<HttpHeader> headers = new ArrayList<>(problem.headers().size());
        problem.headers().forEach((name, value) -> headers.add(header(name, value)));
        return HttpResponse.create()
                .withStatus(problem.status())
                .addHeaders(headers)
                .withEntity(HttpEntities.create(PROBLEM, Json.write(problem.toJson())));
    }

    /** The library decides on connections, and does so by a header of its own kind. */
    private static HttpHeader header(String name, String value) {
        return name.equals("Connection") ? Connection.create(value) : RawHeader.create(name, value);
    }

    /** What a failure means to the client. A bug is logged, and the client learns no more than that there was one. */
    public static Problem toProblem(HttpRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (cause instanceof TimeoutException) {
            return Problem.of(504, "no_answer_in_time", "the queue did not answer in time; it may still do it");
        }
        if (cause instanceof Overloaded) {
            return Problem.overloaded("too much waits for the disk; try again later");
        }
        log.error("{} {} failed", request.method().value(), request.getUri().path(), cause);
        return Problem.of(500, "internal_error", "the node failed to answer; its log tells why");
    }
}
