package io.postrider.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.cli.ask.AdminClient;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code suspend}, {@code resume}, {@code retry} and {@code cancel} share: which mail of a queue, and why. */
abstract sealed class SteerCommand implements Callable<Integer> {

    @Command(
            name = "suspend",
            mixinStandardHelpOptions = true,
            description = "Holds a queue, or what is selected of it. Spends no attempts; survives restarts.")
    static final class Suspend extends SteerCommand {
        @Option(names = "--for", paramLabel = "DURATION", description = "such as 30m, 2h (default: until resumed)")
        private Optional<String> duration = Optional.empty();

        @Override
        void add(ObjectNode body) {
            duration.ifPresent(text -> body.put("for", text));
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Ends a suspension.")
    static final class Resume extends SteerCommand {}

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Makes what waits in a queue due now, and ends a back-off.")
    static final class Retry extends SteerCommand {}

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Ends what is in a queue without sending it. What is on the wire is not recalled.")
    static final class Cancel extends SteerCommand {}

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private AskOptions ask = new AskOptions();

    @Parameters(paramLabel = "DOMAIN", description = "the queue")
    private String domain = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "recorded with it (default: who asked)")
    private Optional<String> reason = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "only the mail of this tenant")
    private Optional<String> tenant = Optional.empty();

    @Option(names = "--campaign", paramLabel = "NAME", description = "only the mail of this campaign")
    private Optional<String> campaign = Optional.empty();

    @Option(names = "--sender", paramLabel = "ADDR", description = "only the mail of this envelope sender")
    private Optional<String> sender = Optional.empty();

    @Option(names = "--dry-run", description = "count what it would touch, change nothing")
    private boolean dryRun;

    /** What only one of the commands sends. */
    void add(ObjectNode body) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", reason.orElse("by " + System.getProperty("user.name") + " on the command line"));
        tenant.ifPresent(name -> body.put("tenant", name));
        campaign.ifPresent(name -> body.put("campaign", name));
        sender.ifPresent(address -> body.put("sender", address));
        if (dryRun) {
            body.put("dry_run", true);
        }
        add(body);
        JsonNode answer = ask.client().post("/v1/queues/" + AdminClient.encoded(domain) + "/" + spec.name(), body);
        ask.print(spec.commandLine().getOut(), answer, answer);
        return 0;
    }
}
