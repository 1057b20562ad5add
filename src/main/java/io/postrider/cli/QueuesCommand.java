package io.postrider.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.cli.ask.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postrider queues}: which queues hold mail, and why one does not move. */
@Command(
        name = "queues",
        mixinStandardHelpOptions = true,
        description =
                "Lists the queues of a running node, or shows one: depth, next attempt, limits, recent replies, and"
                        + " in waiting_for why it is not moving.")
final class QueuesCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private AskOptions ask = new AskOptions();

    @Parameters(arity = "0..1", paramLabel = "DOMAIN", description = "show this queue alone")
    private Optional<String> domain = Optional.empty();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "queues at most (default ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--sort", paramLabel = "ORDER", description = "depth (default), domain, oldest or next_attempt")
    private Optional<String> sort = Optional.empty();

    @Option(names = "--prefix", paramLabel = "TEXT", description = "only domains that start so")
    private Optional<String> prefix = Optional.empty();

    @Option(names = "--messages", description = "with DOMAIN: list its messages")
    private boolean messages;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (domain.isPresent()) {
            String path = "/v1/queues/" + AdminClient.encoded(domain.get());
            JsonNode answer = ask.client().get(messages ? path + "/messages?limit=" + limit : path);
            ask.print(out, answer, messages ? answer.path("messages") : answer);
            return 0;
        }
        JsonNode answer =
                ask.client().get("/v1/queues?limit=" + limit + parameter("sort", sort) + parameter("prefix", prefix));
        JsonNode queues = answer.path("queues");
        if (queues.isEmpty() && !ask.isJson()) {
            out.println("no queue holds mail");
            out.flush();
            return 0;
        }
        ask.print(out, answer, queues);
        if (answer.hasNonNull("next") && !ask.isJson()) {
            out.println("(more: --limit or --prefix)");
            out.flush();
        }
        return 0;
    }

    private static String parameter(String name, Optional<String> value) {
        return value.map(text -> "&" + name + "=" + AdminClient.encoded(text)).orElse("");
    }
}
