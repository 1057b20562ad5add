package io.postrider.egress;

import io.postrider.FreePort;
import io.postrider.egress.FromConnection.Outcomes;
import io.postrider.egress.ToConnection.Ticket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What sending costs per message: 20 connections to Postfix's {@code smtp-sink}, a spool in memory, a queue that records
 * at once. Run its main; each round prints messages a second and CPU seconds per 1,000 messages of this process alone.
 */
public final class OutBenchmark {

    private static final int CONNECTIONS = 20;
    private static final int MESSAGES = 20_000;
    private static final int SIZE = 4 * 1024;
    private static final int ROUNDS = 8;

    private OutBenchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int port = FreePort.find();
        String[] unprivileged =
                System.getProperty("user.name").equals("root") ? new String[] {"-u", "nobody"} : new String[0];
        List<String> command = new ArrayList<>(List.of("/usr/sbin/smtp-sink"));
        command.addAll(List.of(unprivileged));
        command.addAll(List.of("127.0.0.1:" + port, "512"));
        Process sink = new ProcessBuilder(command).inheritIO().start();
        try (EgressBench bench = new EgressBench("postrider.egress.per-site.default.connections = " + CONNECTIONS)) {
            await(port);
            bench.route(EgressBench.DOMAIN, "sink.test", true, new InetSocketAddress("127.0.0.1", port));
            for (int round = 1; round <= ROUNDS; round++) {
                round(bench, round);
            }
        } finally {
            sink.destroy();
            sink.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static void round(EgressBench bench, int round) {
        byte[] body = new byte[SIZE];
        Arrays.fill(body, (byte) 'x');
        for (int end = 76; end < SIZE; end += 78) {
            body[end] = '\r';
            body[end + 1] = '\n';
        }
        System.arraycopy("A: b\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, body, 0, 8);
        List<Ticket> tickets = new ArrayList<>(MESSAGES);
        for (int i = 0; i < MESSAGES; i++) {
            tickets.add(bench.mail(EgressBench.DOMAIN, body));
        }
        long cpu = cpuNanos();
        long start = System.nanoTime();
        bench.send(EgressBench.DOMAIN, CONNECTIONS, tickets);
        for (int settled = 0; settled < MESSAGES; ) {
            settled +=
                    bench.hears(EgressBench.DOMAIN, Outcomes.class).outcomes().size();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double used = (cpuNanos() - cpu) / 1e9;
        System.out.printf(
                "round %d: %,.0f/s, %.3f CPU s per 1,000%n", round, MESSAGES / seconds, used * 1000 / MESSAGES);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void await(int port) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try (Socket probe = new Socket("127.0.0.1", port)) {
                if (probe.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw new UncheckedIOException("smtp-sink does not listen at " + port, notYet);
                }
                Thread.sleep(20);
            }
        }
    }
}
