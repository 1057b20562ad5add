package io.postrider.http;

import java.time.Duration;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * Closes a connection on which the next request's header is not complete in time, counted from the connection's start or
 * from the last answer. The library's idle timeout looks at bytes, so who sends one now and then would hold the connection
 * for ever. Behind an answer that is a stream it waits for the next request without a bound: nothing tells here when the
 * stream ends.
 */
final class RequestPatience extends GraphStage<BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse>> {

    /** The patience in so many parts: a timer for each connection, and none for each request. */
    private static final int PARTS = 4;

    private final Inlet<HttpRequest> requestIn = Inlet.create("RequestPatience.requestIn");
    private final Outlet<HttpRequest> requestOut = Outlet.create("RequestPatience.requestOut");
    private final Inlet<HttpResponse> responseIn = Inlet.create("RequestPatience.responseIn");
    private final Outlet<HttpResponse> responseOut = Outlet.create("RequestPatience.responseOut");
    private final BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape =
            BidiShape.of(requestIn, requestOut, responseIn, responseOut);
    private final Duration patience;

    /** @param patience up to a quarter less is waited */
    RequestPatience(Duration patience) {
        this.patience = patience;
    }

    @Override
    public BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {

        private boolean waiting = true;
        private int parts;

        Logic() {
            super(shape);
            setHandler(requestIn, new AbstractInHandler() {
                @Override
                public void onPush() {
                    waiting = false;
                    push(requestOut, grab(requestIn));
                }

                @Override
                public void onUpstreamFinish() {
                    complete(requestOut);
                }
            });
            setHandler(requestOut, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(requestIn);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    cancel(requestIn, cause);
                }
            });
            setHandler(responseIn, new AbstractInHandler() {
                @Override
                public void onPush() {
                    HttpResponse response = grab(responseIn);
                    waiting = response.entity().isStrict();
                    parts = 0;
                    push(responseOut, response);
                }

                @Override
                public void onUpstreamFinish() {
                    complete(responseOut);
                }
            });
            setHandler(responseOut, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(responseIn);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    cancel(responseIn, cause);
                }
            });
        }

        @Override
        public void preStart() {
            scheduleAtFixedRate("part", patience.dividedBy(PARTS), patience.dividedBy(PARTS));
        }

        @Override
        public void onTimer(Object key) {
            parts++;
            if (waiting && parts >= PARTS) {
                completeStage();
            }
        }
    }
}
