package io.postrider.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import io.postrider.Configuration;
import io.postrider.cli.ask.Table;
import io.postrider.mail.SenderDomains;
import io.postrider.user.LoginSettings;
import io.postrider.user.User;
import io.postrider.user.UserFile;
import io.postrider.user.UserLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
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

/** {@code postrider user}: who may log in over SMTP. Asks no node: it writes its file. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "add|list|remove|check",
        description =
                "Adds, lists, removes and checks those who log in over SMTP. A running node follows within a second.",
        subcommands = {
            UserCommand.Add.class,
            UserCommand.ListUsers.class,
            UserCommand.Remove.class,
            UserCommand.Check.class
        })
final class UserCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected add, list, remove or check");
    }

    /** Which file, and in which form to print. */
    static final class UserOptions {

        /** What hashes of others may take where no configuration says it. */
        private static final int MAX_MEMORY_KIB = 64 << 10;

        @Mixin
        private ConfigurationOptions configuration = new ConfigurationOptions();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "the users (default: postrider.smtp.users-file of the configuration)")
        private Optional<Path> named = Optional.empty();

        @Option(names = "--json", description = "print JSON")
        private boolean json;

        UserFile file(CommandSpec spec) {
            return named.map(path -> new UserFile(path, MAX_MEMORY_KIB)).orElseGet(() -> configured(spec));
        }

        private UserFile configured(CommandSpec spec) {
            Config postrider = Configuration.load(configuration.file(), configuration.overrides())
                    .postrider();
            LoginSettings settings = LoginSettings.from(postrider);
            return new UserFile(
                    settings.usersFile()
                            .orElseThrow(() -> new ParameterException(
                                    spec.commandLine(),
                                    "there is no file for users yet: put one into "
                                            + configuration.file().orElse(Path.of("conf", "postrider.conf"))
                                            + ", such as postrider.smtp.users-file = \"/var/lib/postrider/users\", and"
                                            + " restart the node; or name one with --file")),
                    settings.maxHashMemoryKib());
        }
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Adds a user. The password is asked for, or is the first line of standard input.")
    static final class Add implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private UserOptions options = new UserOptions();

        @Parameters(paramLabel = "NAME", description = "as the client will send it")
        private String name = "";

        @Option(
                names = "--domain",
                required = true,
                split = ",",
                paramLabel = "DOMAIN",
                description =
                        "in whose name mail may speak: example.com, '*.example.com' for all below it, '*' for any")
        private List<String> domains = new ArrayList<>();

        @Option(names = "--tenant", paramLabel = "NAME", description = "whose mail alone the user may hand in")
        private String tenant = "";

        @Option(
                names = "--rate",
                paramLabel = "RATE",
                description = "messages, such as 1000/hour (default: ${DEFAULT-VALUE})")
        private String rate = "unlimited";

        @Option(
                names = "--recipients",
                paramLabel = "RATE",
                description = "recipients of all messages, such as 1000/hour (default: ${DEFAULT-VALUE})")
        private String recipients = "unlimited";

        @Option(
                names = "--connections",
                paramLabel = "NUMBER",
                description = "logged in at a time, over all listeners of a node (default: ${DEFAULT-VALUE})")
        private String connections = "unlimited";

        @Option(names = "--replace", description = "give a user that there is a new password, and these rights")
        private boolean replace;

        @Override
        public Integer call() throws IOException {
            UserFile file = options.file(spec);
            try {
                UserFile.NewUser asked = new UserFile.NewUser(
                        name,
                        Password.ask("Password of " + name + ": ", true),
                        SenderDomains.parse(domains),
                        tenant.strip(),
                        new UserLimits(
                                UserLimits.rate(rate),
                                UserLimits.rate(recipients),
                                UserLimits.connections(connections)),
                        replace);
                User user = file.add(asked, Instant.now(), new SecureRandom());
                PrintWriter out = spec.commandLine().getOut();
                out.println(
                        options.json
                                ? object(user).toPrettyString()
                                : user.name() + " may log in, by " + file.path().toAbsolutePath()
                                        + ", and send in the name of " + user.domains());
                out.flush();
                return 0;
            } catch (IllegalArgumentException wrong) {
                throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
            }
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the users.")
    static final class ListUsers implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private UserOptions options = new UserOptions();

        @Override
        public Integer call() throws IOException {
            UserFile file = options.file(spec);
            List<User> users = file.read().all();
            PrintWriter out = spec.commandLine().getOut();
            if (options.json) {
                ObjectNode all = JSON.createObjectNode();
                ArrayNode list = all.putArray("users");
                users.forEach(user -> list.add(object(user)));
                out.println(all.toPrettyString());
            } else if (users.isEmpty()) {
                out.println(
                        Files.exists(file.path())
                                ? "there are no users"
                                : "there are no users: there is no file "
                                        + file.path().toAbsolutePath());
            } else {
                Table table = new Table(
                        List.of("name", "domains", "tenant", "rate", "recipients", "connections", "created at"));
                users.forEach(user -> table.add(List.of(
                        user.name(),
                        user.domains().toString(),
                        user.tenant(),
                        user.limits().messages().toString(),
                        user.limits().recipients().toString(),
                        user.limits().boundsConnections()
                                ? String.valueOf(user.limits().connections())
                                : "unlimited",
                        user.createdAt().toString())));
                table.lines().forEach(out::println);
            }
            out.flush();
            return 0;
        }
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Takes a user out.")
    static final class Remove implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private UserOptions options = new UserOptions();

        @Parameters(paramLabel = "NAME", description = "as list names it")
        private String name = "";

        @Override
        public Integer call() throws IOException {
            boolean removed = options.file(spec).remove(name);
            return said(spec, options, name, "removed", removed, "is removed", "there is no user of this name");
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description =
                    "Says whether a password is the user's. It is asked for, or is the first line of standard input.")
    static final class Check implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private UserOptions options = new UserOptions();

        @Parameters(paramLabel = "NAME", description = "as list names it")
        private String name = "";

        @Override
        public Integer call() throws IOException {
            UserFile file = options.file(spec);
            boolean right = file.check(name, Password.ask("Password of " + name + ": ", false));
            return said(spec, options, name, "right", right, "logs in with it", "no, or there is no user of this name");
        }
    }

    private static int said(
            CommandSpec spec, UserOptions options, String name, String what, boolean is, String yes, String no) {
        PrintWriter out = is || options.json
                ? spec.commandLine().getOut()
                : spec.commandLine().getErr();
        if (options.json) {
            out.println(JSON.createObjectNode().put("name", name).put(what, is).toPrettyString());
        } else {
            out.println(is ? name + " " + yes : no);
        }
        out.flush();
        return is ? 0 : 1;
    }

    private static ObjectNode object(User user) {
        ObjectNode object = JSON.createObjectNode();
        object.put("name", user.name());
        ArrayNode domains = object.putArray("domains");
        user.domains().texts().forEach(domains::add);
        object.put("tenant", user.tenant());
        object.put("rate", user.limits().messages().toString());
        object.put("recipients", user.limits().recipients().toString());
        object.put(
                "connections", user.limits().boundsConnections() ? user.limits().connections() : null);
        object.put("created_at", user.createdAt().toString());
        return object;
    }
}
