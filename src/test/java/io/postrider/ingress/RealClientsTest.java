package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.MessageIds;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.net.Sockets;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs that others wrote hand their mail in. Each test needs its program installed, as .ci/run does. */
class RealClientsTest {

    private static final ActorTestKit TEST_KIT = ActorTestKit.create(
            ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
    private static final FakeHandOver HAND_OVER = new FakeHandOver();
    private static FakeSpool spool = new FakeSpool();
    private static Sockets sockets;
    private static SmtpListener listener;

    @BeforeAll
    static void start() throws Exception {
        Config config = ConfigFactory.parseString("postrider.smtp.listeners = [{ name = test, bind = \"[::]:0\" }]")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        IngressSettings settings = IngressSettings.from(config);
        InstantSource clock = InstantSource.system();
        Intake intake = new Intake(
                settings.intake(),
                new MessageIds(clock),
                spool,
                HAND_OVER,
                "default"::equals,
                IdempotencyFixture.with(spool, clock),
                clock);
        SmtpService service = new SmtpService(
                intake,
                HAND_OVER,
                RejectedLog.NONE,
                new Meters(new MetricsSettings(10)),
                new ReceiveBudget(settings.receiveBuffer()),
                clock);
        sockets = Sockets.open(1, 100);
        listener = SmtpListener.start(
                TEST_KIT.system(), sockets, settings.listeners().get(0), service, Optional.empty());
    }

    @AfterAll
    static void stop() {
        sockets.close();
        TEST_KIT.shutdownTestKit();
    }

    @BeforeEach
    void forget() {
        spool.forget();
    }

    @Test
    void swaks() throws Exception {
        String out = run(
                "swaks",
                "--server",
                address(),
                "--from",
                "a@example.org",
                "--to",
                "b@example.net,c@example.com",
                "--h-X-Postrider-Tenant",
                "acme",
                "--body",
                "hello");

        assertThat(out).contains("queued as ");
        assertThat(spool.taken().references())
                .hasSize(2)
                .allMatch(reference -> reference.labels().tenant().equals("acme"));
    }

    @Test
    void swaksPipelining() throws Exception {
        String out =
                run("swaks", "--server", address(), "--pipeline", "--from", "a@example.org", "--to", "b@example.net");

        assertThat(out).contains("queued as ");
    }

    @Test
    void smtpSource() throws Exception {
        run(
                "smtp-source",
                "-s",
                "5",
                "-m",
                "200",
                "-l",
                "4096",
                "-f",
                "a@example.org",
                "-t",
                "b@example.net",
                address());

        assertThat(spool.all()).hasSize(200).allMatch(message -> message.body().length > 4096);
    }

    @Test
    void smtpSourceWithAConnectionPerMessage() throws Exception {
        run("smtp-source", "-d", "-s", "5", "-m", "100", "-f", "a@example.org", "-t", "b@example.net", address());

        assertThat(spool.all()).hasSize(100);
    }

    @Test
    void pythonsSmtplib() throws Exception {
        String script =
                """
                import smtplib, sys
                s = smtplib.SMTP('127.0.0.1', int(sys.argv[1]))
                s.ehlo()
                assert s.has_extn('chunking') and s.has_extn('smtputf8') and s.esmtp_features['size'] == '52428800'
                text = b'Subject: caf\\xc3\\xa9\\r\\n\\r\\n.dot\\r\\n' + b'x' * 5000 + b'\\r\\n'
                s.sendmail('a@example.org', ['b@example.net'], text, ['BODY=8BITMIME', 'SMTPUTF8'])
                assert s.vrfy('b@example.net')[0] == 252
                s.quit()
                """;
        run("python3", "-c", script, Integer.toString(listener.address().getPort()));

        String body = new String(spool.taken().body(), StandardCharsets.UTF_8);
        assertThat(body)
                .endsWith("Subject: caf\u00e9\r\n\r\n.dot\r\n" + "x".repeat(5000) + "\r\n")
                .contains(" with UTF8SMTP id ");
    }

    private static String address() {
        return "127.0.0.1:" + listener.address().getPort();
    }

    private static String run(String... command) throws Exception {
        Optional<String> program = installed(command[0]);
        assumeTrue(program.isPresent(), command[0] + " is not installed");
        List<String> line = new ArrayList<>(List.of(command));
        line.set(0, program.orElseThrow());
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out;
    }

    private static Optional<String> installed(String program) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(directory -> new File(directory, program))
                .filter(File::canExecute)
                .map(File::getPath)
                .findFirst();
    }
}
