package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A network that programs started in it have to themselves: all ports are free, and it has the addresses that a test
 * wants. A Linux namespace that ends with its last program; whoever may not make one skips the test.
 */
final class PrivateNetwork implements AutoCloseable {

    private final Process holder;

    private PrivateNetwork(Process holder) {
        this.holder = holder;
    }

    /** @param addresses on its loopback interface, besides 127.0.0.1 and ::1 */
    static PrivateNetwork with(String... addresses) throws IOException {
        StringBuilder script = new StringBuilder("ip link set lo up");
        for (String address : addresses) {
            script.append(" && ip addr add ").append(address).append(" dev lo");
        }
        Process holder = new ProcessBuilder(
                        program("unshare"), "--net", program("sh"), "-c", script + " && echo up && exec cat")
                .redirectErrorStream(true)
                .start();
        program("ip");
        program("nsenter");
        String first =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assumeTrue("up".equals(first), "no network of our own to be had here: " + first);
        return new PrivateNetwork(holder);
    }

    /** The full path of the program; skips the test where there is none. */
    static String program(String name) {
        Optional<Path> found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(":", -1)), Stream.of("/usr/sbin", "/sbin", "/bin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), name + " is not installed; .ci/run installs it on Debian");
        return found.orElseThrow().toString();
    }

    /** Starts a program in this network. Its output and its errors are one. */
    ProcessBuilder command(List<String> command) {
        List<String> line =
                new ArrayList<>(List.of(program("nsenter"), "--net", "--target", Long.toString(holder.pid())));
        line.add(program(command.get(0)));
        line.addAll(command.subList(1, command.size()));
        return new ProcessBuilder(line).redirectErrorStream(true);
    }

    /** Runs it to its end, within a minute. @return what it printed, and its exit code in the last line */
    String run(String... command) throws IOException, InterruptedException {
        Process process = command(List.of(command)).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
        return out + "\nexit code " + process.exitValue();
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
    }
}
