package io.postrider.http;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what is no HTTP request, or one beyond the bounds of a header, with a problem like any other. The connection is
 * closed behind it, for nobody knows where the next request would begin. Such requests are logged at DEBUG: strangers
 * must not fill the log.
 *
 * <p>Named in the settings of a listener; made by the library for every connection.
 */
public final class UnreadableRequest extends ParsingErrorHandler {

    private static final Logger log = LoggerFactory.getLogger(UnreadableRequest.class);

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter unused, ServerSettings settings) {
        log.debug("unreadable request: {} {}", status.intValue(), error.summary());
        return Answers.problem(problem(status.intValue(), error.summary()));
    }

    /** @param summary tells the client about its own request and our bounds, and nothing else */
    static Problem problem(int status, String summary) {
        return switch (status) {
            case 413 -> Problem.of(413, "body_too_large", summary);
            case 414 -> Problem.of(414, "uri_too_long", summary);
            case 417 -> Problem.of(417, "expectation_failed", summary);
            case 431 -> Problem.of(431, "header_too_large", summary);
            case 501 -> Problem.of(501, "not_implemented", summary);
            case 505 -> Problem.of(505, "http_version_not_supported", summary);
            default -> Problem.of(status, "malformed_request", summary);
        };
    }
}
