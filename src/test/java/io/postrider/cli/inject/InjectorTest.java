package io.postrider.cli.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.FreePort;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import io.postrider.tls.ToolTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InjectorTest {

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} messages, {1} sessions, {2} recipients, {3} per connection, {4} bytes, {5}/s")
    @CsvSource({"200,5,1,0,4096,0", "50,3,4,7,100,0", "20,1,1,1,0,0", "5,2,1,0,100000,0", "40,4,2,3,4096,2000"})
    void sendsEveryMessageOnce(int count, int sessions, int recipients, int perConnection, int size, int rate)
            throws Exception {
        Path received = directory.resolve("received");
        Path answered = directory.resolve("answered");
        Report report;

        try (Sink sink = Sink.start(SinkSettings.onLoopback().withRecord(received))) {
            report = new Injector(new Injection(
                            address(sink),
                            "s@x.test",
                            List.of(),
                            3,
                            count,
                            size,
                            sessions,
                            recipients,
                            perConnection,
                            rate,
                            false,
                            Optional.of(answered)))
                    .run();

            assertThat(sink.counts().messages()).isEqualTo(count);
            assertThat(sink.counts().domain("d0.test").received())
                    .isEqualTo(report.recipientsByDomain().get("d0.test"));
        }

        assertThat(report.accepted()).isEqualTo(count);
        assertThat(report.recipients()).isEqualTo((long) count * recipients);
        assertThat(report.isComplete()).isTrue();
        assertThat(Files.readAllLines(answered))
                .hasSize(count * recipients)
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(received));
        assertThat(new HashSet<>(Files.readAllLines(answered))).hasSize(count);
    }

    @ParameterizedTest
    @CsvSource({"300", "4096", "100000"})
    void makesMessagesOfTheSizeAskedFor(int size) throws Exception {
        try (Sink sink = Sink.start(SinkSettings.onLoopback())) {
            new Injector(new Injection(
                            address(sink), "s@x.test", List.of(), 1, 10, size, 1, 1, 0, 0, false, Optional.empty()))
                    .run();

            assertThat(sink.counts().bytes()).isEqualTo(10L * size);
        }
    }

    @Test
    void sendsUnderTlsToASinkThatOffersIt() throws Exception {
        SinkSettings settings =
                SinkSettings.onLoopback().withTls(ToolTls.server(ToolTls.selfSigned("sink.test", Instant.now())));
        try (Sink sink = Sink.start(settings)) {
            Door door = new Door.Smtp(Optional.of(ToolTls.client()), Optional.empty());

            Report report = new Injector(
                            Injection.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), sink.port()), 100),
                            door)
                    .run();

            assertThat(report.accepted()).isEqualTo(100);
            assertThat(sink.counts().messages()).isEqualTo(100);
            assertThat(sink.counts().secured()).isEqualTo(sink.counts().connections());
        }
    }

    @Test
    void countsRefusalsAndGoesOn() throws Exception {
        SinkScript script = SinkScript.parse("a@ RCPT reject 5.1.1 no such user\nb@ DOT defer\nc@ DATA defer not now");
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script))) {
            Report report = new Injector(Injection.of(address(sink), 40)
                            .to(List.of("a@x.test", "b@x.test", "c@x.test", "d@x.test"))
                            .sessions(3))
                    .run();

            assertThat(report.accepted()).isEqualTo(10);
            assertThat(report.refused()).isEqualTo(30);
            assertThat(report.isComplete()).isFalse();
            assertThat(report.replies().get("550")).isEqualTo(new Report.Refusal("550 5.1.1 no such user", 10));
            assertThat(report.replies().get("451").times()).isEqualTo(20);
        }
    }

    @Test
    void neverSendsAgainWhatMayHaveBeenTaken() throws Exception {
        Path received = directory.resolve("received");
        Path answered = directory.resolve("answered");
        SinkScript script = SinkScript.parse("* DOT percent=20 keep-and-drop");

        Report report;
        try (Sink sink = Sink.start(SinkSettings.onLoopback().withScript(script).withRecord(received))) {
            report = new Injector(Injection.of(address(sink), 100).sessions(4).persisting(answered)).run();
        }

        assertThat(report.accepted()).isEqualTo(80);
        assertThat(report.unknown()).isEqualTo(20);
        assertThat(report.notSent()).isZero();
        assertThat(Files.readAllLines(received)).doesNotHaveDuplicates().hasSize(100);
        assertThat(Files.readAllLines(answered)).hasSize(80).isSubsetOf(Files.readAllLines(received));
    }

    @Test
    void keepsOnTryingWhileNobodyListensWhenAsked() throws Exception {
        int port = FreePort.find();
        Injector injector = new Injector(Injection.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10)
                .sessions(2)
                .persisting(directory.resolve("ids")));
        CompletableFuture<Report> run = CompletableFuture.supplyAsync(() -> run(injector));

        while (injector.lostConnections() < 2) {
            Thread.onSpinWait();
        }
        SinkSettings settings = new SinkSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                "sink.test",
                SinkScript.friendly(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        try (Sink sink = Sink.start(settings)) {
            assertThat(run.get(30, TimeUnit.SECONDS).accepted()).isEqualTo(10);
            assertThat(sink.counts().messages()).isEqualTo(10);
        }
    }

    @Test
    void givesUpWhenNobodyListens() throws Exception {
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
        Injector injector = new Injector(Injection.of(nobody, 10).sessions(2));

        Report report = injector.run();

        assertThat(report.notSent()).isEqualTo(10);
        assertThat(injector.failure()).contains("refused");
    }

    private static Report run(Injector injector) {
        try {
            return injector.run();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static InetSocketAddress address(Sink sink) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), sink.port());
    }
}
