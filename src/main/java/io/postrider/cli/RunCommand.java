package io.postrider.cli;

import io.postrider.Configuration;
import io.postrider.ConfigurationException;
import io.postrider.cli.demo.StartedNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postrider run}: a node until it is told to stop. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Runs a node. SIGTERM or Ctrl-C drains it and ends it within 30 seconds, with exit code 0. Exit code 1"
                        + " when the configuration is wrong, the start fails, or the node ends by itself.")
final class RunCommand implements Callable<Integer> {

    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private final StartedNode.Starter starter = RunningNode::start;
    private final AtomicBoolean draining = new AtomicBoolean();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Override
    public Integer call() throws Exception {
        Optional<Configuration> configuration = configuration();
        if (configuration.isEmpty()) {
            return 1;
        }
        StartedNode node;
        try {
            node = starter.start(configuration.get());
        } catch (ConfigurationException unusable) {
            tell(unusable);
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(node), "run-end"));
        node.stopped().toCompletableFuture().join();
        if (draining.get()) {
            // The thread that drains ends the process.
            new CountDownLatch(1).await();
        }
        return 1;
    }

    private Optional<Configuration> configuration() {
        try {
            return Optional.of(Configuration.load(options.file(), options.overrides()));
        } catch (ConfigurationException wrong) {
            tell(wrong);
            return Optional.empty();
        }
    }

    private void tell(ConfigurationException wrong) {
        PrintWriter err = spec.commandLine().getErr();
        wrong.findings().forEach(finding -> err.println("postrider run: " + finding));
    }

    /** Runs while the process ends. A process that drained as it was told has done its work: exit code 0. */
    private void drain(StartedNode node) {
        if (node.stopped().toCompletableFuture().isDone()) {
            return;
        }
        draining.set(true);
        try {
            node.stop().toCompletableFuture().get(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            Runtime.getRuntime().halt(0);
        } catch (ExecutionException | TimeoutException failed) {
            System.err.println("postrider run: the node did not drain within " + STOP_WITHIN.toSeconds()
                    + " s; what it answered for is in the store: " + failed);
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
