package io.postrider.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.cli.ask.AdminClient;
import io.postrider.cli.ask.EventsClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postrider events}: what happened to the mail of a node, and what happens. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description =
                "Shows what happened to recipients, as the delivery log has it; --follow goes on with what happens.")
final class EventsCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--http",
            paramLabel = "URL",
            defaultValue = "${env:POSTRIDER_HTTP:-http://127.0.0.1:8080}",
            description = "a node's HTTP API (default ${DEFAULT-VALUE}; also POSTRIDER_HTTP)")
    private URI http = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "${env:POSTRIDER_API_KEY:-}",
            description = "an API key (default: POSTRIDER_API_KEY of the environment, else none)")
    private String key = "";

    @Option(
            names = {"-f", "--follow"},
            description = "go on with what happens, over restarts of the node, until interrupted")
    private boolean follow;

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            defaultValue = "",
            description =
                    "behind this event, or 'latest' for none of the past (default: all that are kept; with --follow latest)")
    private String after = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            description = "only accepted, delivered, deferred, bounced, expired, cancelled, rejected")
    private List<String> types = new ArrayList<>();

    @Option(names = "--tenant", paramLabel = "TENANT", defaultValue = "", description = "only of this tenant")
    private String tenant = "";

    @Option(names = "--domain", paramLabel = "DOMAIN", defaultValue = "", description = "only to this domain")
    private String domain = "";

    @Option(names = "--json", description = "print each event as the API gives it, one a line")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        EventsClient client = new EventsClient(http, Optional.of(key).filter(text -> !text.isEmpty()), PATIENCE);
        if (follow) {
            PrintWriter err = spec.commandLine().getErr();
            client.follow(
                    Optional.of(after.isEmpty() ? "latest" : after),
                    filter(),
                    event -> print(out, event),
                    notice -> err.println("postrider events: " + notice));
        } else {
            client.read(Optional.of(after).filter(text -> !text.isEmpty()), filter(), event -> print(out, event));
            out.flush();
        }
        return 0;
    }

    private String filter() {
        List<String> parts = new ArrayList<>();
        if (!types.isEmpty()) {
            parts.add("type=" + AdminClient.encoded(String.join(",", types)));
        }
        if (!tenant.isEmpty()) {
            parts.add("tenant=" + AdminClient.encoded(tenant));
        }
        if (!domain.isEmpty()) {
            parts.add("domain=" + AdminClient.encoded(domain));
        }
        return String.join("&", parts);
    }

    /** False when nobody reads what is printed. */
    private boolean print(PrintWriter out, JsonNode event) {
        out.println(json ? event.toString() : shown(event));
        return !out.checkError();
    }

    /** Time, type, recipient, then what the last server said. */
    private static String shown(JsonNode event) {
        StringBuilder line = new StringBuilder(event.path("at").asText())
                .append(' ')
                .append(event.path("type").asText())
                .append(" <")
                .append(event.path("recipient").asText())
                .append("> message=")
                .append(event.path("message_id").asText("-"));
        if (event.has("mx")) {
            line.append(" mx=").append(event.path("mx").asText());
        }
        JsonNode reply = event.path("reply");
        if (!reply.isMissingNode()) {
            line.append(' ').append(reply.path("code").asText());
            if (reply.hasNonNull("enhanced")) {
                line.append(' ').append(reply.path("enhanced").asText());
            }
            line.append(' ').append(printable(reply.path("text").asText()));
        }
        return line.toString();
    }

    /** A server's words must not steer a terminal. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return shown.toString();
    }
}
