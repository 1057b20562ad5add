package io.postrider.cli;

import io.postrider.cli.demo.Demo;
import io.postrider.cli.demo.StartedNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postrider demo}: the relay at work, without any set-up. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Shows the relay at work, without any set-up: a node on a temporary store, mail servers that take,"
                        + " defer, refuse and dawdle, a few hundred messages, and what became of them. Takes under 20 seconds"
                        + " and touches no running node. Exit code 0 when the books balance.")
final class DemoCommand implements Callable<Integer> {

    private static final String LOG_LEVEL = "POSTRIDER_LOG_LEVEL";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--keep", description = "leave node and mail servers running until Ctrl-C, to look around")
    private boolean keep;

    private final StartedNode.Starter starter = RunningNode::start;

    @Override
    public Integer call() throws Exception {
        if (System.getenv(LOG_LEVEL) == null) {
            // The story is told here; a log in between would only disturb.
            System.setProperty(LOG_LEVEL, "WARN");
        }
        PrintWriter out = spec.commandLine().getOut();
        Terminal terminal = Terminal.standard(out);
        Path directory = Files.createTempDirectory("postrider-demo-");
        try {
            terminal.progress("Starting a node and four mail servers...");
            Demo demo = Demo.start(starter, directory);
            Thread onInterrupt = new Thread(() -> end(demo, directory), "demo-end");
            Runtime.getRuntime().addShutdownHook(onInterrupt);
            terminal.line("A relay on a temporary store is up, and four mail servers that it will deliver to:");
            terminal.line("healthy.test, greylist.test, bounce.test and slow.test. Sending them sample mail.");
            terminal.line("");
            boolean balanced = demo.play(new Told(terminal));
            terminal.line("");
            if (keep) {
                whereToLook(demo, directory, terminal);
                new CountDownLatch(1).await();
            }
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
            whereNext(terminal);
            end(demo, directory);
            return balanced ? 0 : 1;
        } catch (IOException | RuntimeException failed) {
            delete(directory);
            throw failed;
        }
    }

    private static void whereToLook(Demo demo, Path directory, Terminal terminal) {
        String smtp = "127.0.0.1:" + demo.smtp().getPort();
        terminal.line("It all keeps running until Ctrl-C. Look around from another terminal:");
        terminal.line("  bin/postrider inject --server " + smtp + " --to you@slow.test --count 200");
        terminal.line("  bin/postrider queues --admin " + demo.adminUrl());
        terminal.line("  bin/postrider queues slow.test --admin " + demo.adminUrl());
        terminal.line("  bin/postrider suspend slow.test --for 1m --admin " + demo.adminUrl());
        terminal.line("  curl " + demo.metricsUrl() + "/metrics");
        terminal.line("  tail " + directory.resolve("data/log") + "/delivery-*.jsonl");
    }

    private static void whereNext(Terminal terminal) {
        terminal.line("Where to look next");
        terminal.line("  bin/postrider demo --keep   the same, and it stays for you to look around");
        terminal.line("  bin/postrider run           a node for your own mail (conf/postrider.conf)");
        terminal.line("  bin/postrider --help        all commands");
        terminal.line("  docs/operating.md           how to run it in earnest");
    }

    private static void end(Demo demo, Path directory) {
        try {
            demo.close();
            delete(directory);
        } catch (IOException failed) {
            System.err.println("postrider demo: " + failed.getMessage());
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** One line that changes where somebody watches, a line now and then elsewhere. */
    private record Told(Terminal terminal) implements Demo.Teller {
        @Override
        public void progress(String line) {
            terminal.progress(line);
        }

        @Override
        public void line(String line) {
            terminal.line(line);
        }

        @Override
        public void milestone(String line) {
            if (!terminal.isInteractive()) {
                terminal.line(line);
            }
        }
    }
}
