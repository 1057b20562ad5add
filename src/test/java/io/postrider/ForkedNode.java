package io.postrider;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A node in a process of its own, so that it can be killed; always on the same ports and the same data directory. */
final class ForkedNode implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    private final Path directory;
    private final String heap;
    private final int smtp;
    private final int admin;
    private final int http;
    private Process process;

    ForkedNode(Path directory, String settings) throws IOException {
        this(directory, settings, 256);
    }

    ForkedNode(Path directory, String settings, int heapMebibytes) throws IOException {
        this.directory = directory;
        this.heap = "-Xmx" + heapMebibytes + "m";
        this.smtp = FreePort.find();
        this.admin = FreePort.find();
        this.http = FreePort.find();
        Files.writeString(
                directory.resolve("node.conf"),
                """
                postrider {
                  data-dir = "%s"
                  smtp.listeners = [{ name = "test", bind = "127.0.0.1:%d" }]
                  http.bind = "127.0.0.1:%d"
                  metrics.bind = "127.0.0.1:%d"
                  admin.bind = "127.0.0.1:%d"
                  %s
                }
                """
                        .formatted(directory.resolve("data"), smtp, http, FreePort.find(), admin, settings));
        start();
    }

    InetSocketAddress smtp() {
        return new InetSocketAddress("127.0.0.1", smtp);
    }

    /** Where it can be asked over HTTP; always the same. */
    URI http(String path) {
        return URI.create("http://127.0.0.1:" + http + path);
    }

    /** Returns when it listens at all its doors. */
    void start() throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.postrider.cli.Main",
                        "run",
                        "-c",
                        directory.resolve("node.conf").toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("node.log").toFile()))
                .start();
        long end = System.nanoTime() + START.toNanos();
        // SMTP is tried last: a try in vain would count as a connection of this client.
        while (!(listens(http) && listens(admin) && listens(smtp))) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("the node did not start:\n" + Files.readString(directory.resolve("node.log")));
            }
            // Each try takes a port of its own, and a few thousand of them would sooner or later take the node's.
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 100);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What it has said so far. */
    String log() throws IOException {
        return Files.readString(directory.resolve("node.log"));
    }

    void killHard() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end. @return whether it did within {@code atMost} */
    boolean endsWithin(Duration atMost) throws InterruptedException {
        process.destroy();
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the management API says there. */
    String ask(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + admin + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
