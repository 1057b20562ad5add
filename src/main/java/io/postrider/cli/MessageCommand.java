package io.postrider.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.cli.ask.AdminClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postrider message}: what became of one message. */
@Command(
        name = "message",
        mixinStandardHelpOptions = true,
        description = "Shows what became of a message: the state and the history of each recipient.")
final class MessageCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private AskOptions ask = new AskOptions();

    @Parameters(paramLabel = "ID", description = "of a message, or of several that were handed in together")
    private String id = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonNode answer = ask.client().get("/v1/message/" + AdminClient.encoded(id));
        ask.print(spec.commandLine().getOut(), answer, answer);
        return 0;
    }
}
