package io.postrider.cli.inject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.postrider.cli.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * Mail over HTTP: a request, its answer, the next request. A message whose request was complete is sent again only where
 * its idempotency key makes that harmless.
 */
final class HttpConversation implements Conversation {

    private static final JsonMapper JSON = new JsonMapper();

    private final Injector run;
    private final Door.Http door;
    private final HttpRequests requests;
    private final HttpAnswer answer = new HttpAnswer();
    private final List<Long> waiting = new ArrayList<>();
    private long answers;

    HttpConversation(Injector run, Door.Http door) {
        this.run = run;
        this.door = door;
        this.requests = new HttpRequests(run, door);
    }

    @Override
    public boolean hasMore() throws InterruptedException {
        if (waiting.isEmpty()) {
            OptionalLong next = run.next();
            while (next.isPresent()) {
                waiting.add(next.getAsLong());
                next = waiting.size() < door.batch() ? run.next() : OptionalLong.empty();
            }
        }
        return !waiting.isEmpty();
    }

    @Override
    public long answers() {
        return answers;
    }

    @Override
    public void talk(Wire wire) throws IOException, InterruptedException {
        int left = run.injection().perConnection() == 0
                ? Integer.MAX_VALUE
                : run.injection().perConnection();
        do {
            left -= waiting.size();
            // A failure in here leaves the request incomplete: its end still waits in the wire's buffer.
            requests.write(wire, waiting);
            long sentAt = System.nanoTime();
            List<JsonNode> results;
            try {
                answer.read(wire);
                results = results();
            } catch (IOException lost) {
                if (!door.again()) {
                    waiting.forEach(number -> run.tally().unknown());
                    waiting.clear();
                }
                throw lost;
            }
            long nanos = System.nanoTime() - sentAt;
            answers++;
            for (JsonNode result : results) {
                settle(result, nanos);
            }
            waiting.clear();
        } while (left > 0 && !answer.closes() && hasMore());
    }

    /** For each message what a single request would have got: the submission, or a problem. */
    private List<JsonNode> results() throws IOException {
        if (answer.status() / 100 != 2) {
            return Collections.nCopies(waiting.size(), problem());
        }
        if (door.batch() == 1) {
            return List.of(JSON.readTree(answer.body(), 0, answer.length()));
        }
        List<JsonNode> results = new ArrayList<>(waiting.size());
        if (door.lines()) {
            try (MappingIterator<JsonNode> lines =
                    JSON.readerFor(JsonNode.class).readValues(answer.body(), 0, answer.length())) {
                lines.forEachRemaining(line -> results.add(result(line)));
            }
        } else {
            JSON.readTree(answer.body(), 0, answer.length()).path("results").forEach(line -> results.add(result(line)));
        }
        if (results.size() != waiting.size()) {
            throw new IOException("expected " + waiting.size() + " results, but got " + results.size());
        }
        return results;
    }

    private static JsonNode result(JsonNode line) {
        return line.has("problem") ? line.get("problem") : line.path("message");
    }

    private JsonNode problem() throws IOException {
        try {
            JsonNode problem = JSON.readTree(answer.body(), 0, answer.length());
            if (problem.has("code")) {
                return problem;
            }
        } catch (JsonProcessingException notJson) {
            // told below
        }
        String text = new String(answer.body(), 0, Math.min(answer.length(), 200), StandardCharsets.UTF_8);
        return JSON.createObjectNode()
                .put("code", "no_problem")
                .put("status", answer.status())
                .put("detail", text);
    }

    private void settle(JsonNode result, long nanos) throws IOException {
        if (result.has("code")) {
            run.tally().refused(refusal(result));
            return;
        }
        List<String> taken = new ArrayList<>(1);
        for (JsonNode recipient : result.path("recipients")) {
            taken.add(recipient.path("email").asText());
        }
        for (JsonNode rejected : result.path("rejected")) {
            run.tally()
                    .seen("422 " + rejected.path("code").asText() + ": "
                            + rejected.path("detail").asText());
        }
        run.accepted(result.path("id").asText(), taken, nanos);
    }

    /** As one line that begins with the status, as a reply of SMTP does. */
    private static String refusal(JsonNode problem) {
        StringBuilder text = new StringBuilder();
        text.append(problem.path("status").asText()).append(' ');
        text.append(problem.path("code").asText()).append(": ");
        text.append(problem.path("detail").asText());
        for (JsonNode error : problem.path("errors")) {
            text.append("; ").append(error.path("pointer").asText()).append(' ');
            text.append(error.path("detail").asText());
        }
        return text.toString();
    }
}
