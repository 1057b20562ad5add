package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Real programs as tests use them. A test whose program is missing is skipped and says so. */
final class Programs {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long GLANCE_NANOS = 20_000_000;

    private Programs() {}

    /** The full path of the program; skips the test where there is none. */
    static String path(String program) {
        Optional<Path> found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(":", -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(found.isPresent(), program + " is not installed; .ci/run installs it on Debian");
        return found.orElseThrow().toString();
    }

    static boolean areWeRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Runs it to its end, which must be a good one. @return what it printed */
    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command.get(0) + ": " + output).isZero();
        return output;
    }

    static void waitUntil(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail("waited in vain for: " + what);
            }
            LockSupport.parkNanos(GLANCE_NANOS);
        }
    }

    static void waitForListener(int port) {
        waitUntil("somebody who listens on port " + port, () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    /** All files below, in no order; empty while there is no such directory. */
    static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException movingOrMissing) {
            return List.of();
        }
    }
}
