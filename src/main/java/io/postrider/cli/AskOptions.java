package io.postrider.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.postrider.cli.ask.AdminClient;
import io.postrider.cli.ask.Shown;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What all commands share that ask a running node. */
final class AskOptions {

    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "${env:POSTRIDER_ADMIN:-http://127.0.0.1:2001}",
            description = "a node's management API (default ${DEFAULT-VALUE}; also POSTRIDER_ADMIN)")
    private URI admin = URI.create("http://127.0.0.1:2001");

    @Option(names = "--json", description = "print the answer as the API gives it")
    private boolean json;

    AdminClient client() {
        // Not an option: everybody on the machine sees those.
        Optional<String> key =
                Optional.ofNullable(System.getenv("POSTRIDER_ADMIN_KEY")).filter(text -> !text.isBlank());
        return new AdminClient(admin, key);
    }

    /** @param shown what a person sees of the answer */
    void print(PrintWriter out, JsonNode answer, JsonNode shown) {
        if (json) {
            out.println(answer.toPrettyString());
        } else {
            Shown.lines(shown).forEach(out::println);
        }
        out.flush();
    }

    boolean isJson() {
        return json;
    }
}
