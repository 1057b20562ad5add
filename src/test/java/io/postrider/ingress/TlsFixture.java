package io.postrider.ingress;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.MessageIds;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.net.Sockets;
import io.postrider.tls.ServerTls;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.TlsWorkers;
import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** A listener with TLS on real sockets, with an authority that made its certificate for {@code relay.example.com}. */
final class TlsFixture {

    final TestCertificates authority = new TestCertificates();
    final FakeSpool spool = new FakeSpool();
    final Meters meters = new Meters(new MetricsSettings(10));
    final Path certificate;
    private final ActorTestKit testKit = ActorTestKit.create(
            ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
    private final Sockets sockets;
    private final FileWatch watch = new FileWatch("test", Duration.ofMillis(5));
    /** Who may log in at listeners that start from now on. */
    Optional<Door> door = Optional.empty();

    private final List<AutoCloseable> open = new ArrayList<>();

    TlsFixture(Path directory) {
        try {
            sockets = Sockets.open(1, 100);
            certificate = authority.make("RSA", "relay.example.com").writeTo(directory.resolve("cert.pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SmtpListener start(String settings) throws IOException {
        return start(settings, new TlsWorkers(2, 1000), Duration.ofSeconds(20));
    }

    /** @param settings of the listener, besides the certificate */
    SmtpListener start(String settings, TlsWorkers workers, Duration handshake) throws IOException {
        Config config = ConfigFactory.parseString("postrider.smtp.listeners = [{ name = test, bind = \"127.0.0.1:0\"\n"
                        + "tls.certificate = \"" + certificate + "\"\n" + settings + "}]\n"
                        + "postrider.smtp.users-file = u")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        IngressSettings ingress = IngressSettings.from(config);
        InstantSource clock = InstantSource.system();
        FakeHandOver handOver = new FakeHandOver();
        Intake intake = new Intake(
                ingress.intake(),
                new MessageIds(clock),
                spool,
                handOver,
                "default"::equals,
                IdempotencyFixture.with(spool, clock),
                clock);
        SmtpService service = new SmtpService(
                intake, handOver, RejectedLog.NONE, meters, new ReceiveBudget(ingress.receiveBuffer()), door, clock);
        ListenerSettings listener = ingress.listeners().get(0);
        open.add(workers);
        return SmtpListener.start(
                testKit.system(),
                sockets,
                listener,
                service,
                Optional.of(new TlsOffer(ServerTls.open(listener.tls(), watch), workers, handshake)));
    }

    SmtpClient connect(SmtpListener listener) throws IOException {
        SmtpClient client = new SmtpClient(listener.address().getPort());
        open.add(client);
        return client;
    }

    /** Greeted, and encrypted by STARTTLS. */
    SmtpClient encrypted(SmtpListener listener, String version, String host) throws IOException {
        SmtpClient client = connect(listener).hello();
        String ready = client.ask("STARTTLS");
        if (!ready.startsWith("220 ")) {
            throw new AssertionError("expected 220 but got " + ready);
        }
        return client.encrypt(authority.client(), version, host);
    }

    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        watch.close();
        sockets.close();
        testKit.shutdownTestKit();
    }
}
