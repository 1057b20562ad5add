package io.postrider.ingress.http;

import io.postrider.http.Answers;
import io.postrider.http.Problem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** What became of one message of a request, or of a whole request that is one. */
sealed interface Outcome {

    /**
     * It was taken, or would have been.
     *
     * @param json the answer
     * @param id of the submission; empty when nothing was stored
     * @param replayed whether an earlier request had this answer
     */
    record Taken(int status, byte[] json, String id, boolean replayed) implements Outcome {}

    /**
     * It was not taken, or not all of it.
     *
     * @param maybeTaken whether a part of it may be on stable storage
     */
    record Failed(Problem problem, boolean maybeTaken) implements Outcome {

        /** Nothing of it was taken. */
        Failed(Problem problem) {
            this(problem, false);
        }
    }

    default HttpResponse response() {
        return switch (this) {
            case Failed failed -> Answers.problem(failed.problem());
            case Taken taken -> {
                HttpResponse response = HttpResponse.create()
                        .withStatus(taken.status())
                        .withEntity(ContentTypes.APPLICATION_JSON, taken.json());
                if (!taken.id().isEmpty()) {
                    response = response.addHeader(RawHeader.create("Location", "/v1/message/" + taken.id()));
                }
                yield taken.replayed() ? response.addHeader(RawHeader.create("Idempotent-Replayed", "true")) : response;
            }
        };
    }
}
