package io.postrider.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import io.postrider.Configuration;
import io.postrider.cli.ask.Table;
import io.postrider.key.KeyFile;
import io.postrider.key.StoredKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postrider key}: who may hand in mail over HTTP without being a trusted host. Asks no node: it writes its file. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "create|list|revoke",
        description = "Makes, lists and revokes the keys of applications. A running node follows within a second.",
        subcommands = {KeyCommand.Create.class, KeyCommand.ListKeys.class, KeyCommand.Revoke.class})
final class KeyCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected create, list or revoke");
    }

    /** Which file, and in which form to print. */
    static final class KeyOptions {

        @Mixin
        private ConfigurationOptions configuration = new ConfigurationOptions();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "the keys (default: postrider.http.api-keys-file of the configuration)")
        private Optional<Path> named = Optional.empty();

        @Option(names = "--admin", description = "the keys of postrider.admin.api-keys-file instead")
        private boolean admin;

        @Option(names = "--json", description = "print JSON")
        private boolean json;

        KeyFile file(CommandSpec spec) {
            return new KeyFile(named.orElseGet(() -> configured(spec)));
        }

        private Path configured(CommandSpec spec) {
            Config postrider = Configuration.load(configuration.file(), configuration.overrides())
                    .postrider();
            String key = (admin ? "admin" : "http") + ".api-keys-file";
            String file = postrider.hasPath(key) ? postrider.getString(key) : "";
            if (file.isBlank()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no file for keys yet: put one into "
                                + configuration.file().orElse(Path.of("conf", "postrider.conf"))
                                + ", such as postrider." + key + " = \"/var/lib/postrider/api-keys\", and restart the"
                                + " node; or name one with --file");
            }
            return Path.of(file);
        }
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Makes a key and prints it. It is not stored and cannot be shown again.")
    static final class Create implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private KeyOptions options = new KeyOptions();

        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "what the key is for, such as the application that gets it")
        private String name = "";

        @Mixin
        private KeyRights rights = new KeyRights();

        @Override
        public Integer call() throws IOException {
            if (!StoredKey.isName(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--name: expected 1 to " + StoredKey.LONGEST_NAME + " printable characters");
            }
            KeyFile file = options.file(spec);
            Instant now = Instant.now();
            KeyFile.Created created = file.create(name, rights.of(spec, options.admin, now), now, new SecureRandom());
            PrintWriter out = spec.commandLine().getOut();
            if (options.json) {
                out.println(object(created.key()).put("key", created.secret()).toPrettyString());
            } else {
                out.println("id    " + created.key().id());
                out.println("name  " + created.key().name());
                KeyRights.lines(created.key().rights()).forEach(out::println);
                out.println("key   " + created.secret());
                out.println();
                out.println("Keep the key now: only its hash is stored, in "
                        + file.path().toAbsolutePath() + ".");
                out.println("Who has it sends it with each request: Authorization: Bearer KEY");
            }
            out.flush();
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys that are valid.")
    static final class ListKeys implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private KeyOptions options = new KeyOptions();

        @Override
        public Integer call() throws IOException {
            KeyFile.Content content = options.file(spec).read();
            PrintWriter out = spec.commandLine().getOut();
            if (options.json) {
                ObjectNode all = JSON.createObjectNode();
                ArrayNode keys = all.putArray("keys");
                content.keys().forEach(key -> keys.add(object(key)));
                out.println(all.toPrettyString());
            } else if (content.keys().isEmpty()) {
                out.println("there are no keys");
            } else {
                Table table =
                        new Table(List.of("id", "name", "scopes", "domains", "tenant", "created at", "expires at"));
                content.keys()
                        .forEach(key -> table.add(List.of(
                                key.id(),
                                key.name(),
                                KeyRights.scopes(key.rights()),
                                key.rights().domains().toString(),
                                key.rights().tenant(),
                                key.createdAt().toString(),
                                key.rights().expiresAt().map(Instant::toString).orElse(""))));
                table.lines().forEach(out::println);
            }
            out.flush();
            content.problems().forEach(spec.commandLine().getErr()::println);
            return content.problems().isEmpty() ? 0 : 1;
        }
    }

    @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Takes a key away, for ever.")
    static final class Revoke implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private KeyOptions options = new KeyOptions();

        @Parameters(paramLabel = "ID", description = "as create and list name it; not the key itself")
        private String id = "";

        @Override
        public Integer call() throws IOException {
            KeyFile file = options.file(spec);
            boolean revoked = file.revoke(id);
            PrintWriter out =
                    revoked ? spec.commandLine().getOut() : spec.commandLine().getErr();
            if (options.json) {
                ObjectNode answer = JSON.createObjectNode().put("id", id).put("revoked", revoked);
                spec.commandLine().getOut().println(answer.toPrettyString());
                spec.commandLine().getOut().flush();
            } else {
                // What was typed may be the key itself, so it is not repeated.
                out.println(
                        revoked
                                ? id + " is revoked"
                                : "there is no key with this id in "
                                        + file.path().toAbsolutePath());
                out.flush();
            }
            return revoked ? 0 : 1;
        }
    }

    private static ObjectNode object(StoredKey key) {
        ObjectNode object = JSON.createObjectNode();
        object.put("id", key.id());
        object.put("name", key.name());
        object.put("created_at", key.createdAt().toString());
        KeyRights.add(key.rights(), object);
        return object;
    }
}
