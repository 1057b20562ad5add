package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Cidr;
import io.postrider.mail.SenderDomains;
import io.postrider.smtp.AddressSyntax;
import io.postrider.smtp.BareNewline;
import io.postrider.smtp.ServerTerms;
import io.postrider.tls.CertificateFiles;
import io.postrider.tls.ClientCertificates;
import io.postrider.tls.TlsSettings;
import io.postrider.tls.TlsVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngressSettingsTest {

    @Test
    void hasTheseDefaults() {
        assertThat(settings(""))
                .isEqualTo(new IngressSettings(
                        List.of(new ListenerSettings(
                                "relay-in",
                                "::",
                                2525,
                                List.of(),
                                Cidr.parseAll(List.of("127.0.0.0/8", "::1")),
                                new Admission(Admission.Mode.OPTIONAL, true, SenderDomains.ANY),
                                new Fronts(List.of(), Duration.ofSeconds(5), List.of()),
                                TlsSettings.none("postrider.smtp.listeners[0].tls"),
                                false,
                                new ServerTerms(
                                        "relay.example.com",
                                        AddressSyntax.LENIENT,
                                        BareNewline.NORMALISE,
                                        50 << 20,
                                        1000,
                                        0,
                                        2048,
                                        20,
                                        100,
                                        true),
                                10_000,
                                100,
                                100,
                                1000,
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(15),
                                Duration.ofMinutes(5))),
                        128 << 20,
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 4),
                        1000,
                        Duration.ofSeconds(5),
                        new IntakeSettings(
                                "relay.example.com",
                                Duration.ofDays(5),
                                256 << 10,
                                Duration.ofDays(90),
                                1 << 20,
                                100)));
    }

    @Test
    void takesEveryKey() {
        IngressSettings settings = settings(
                """
                node.hostname = h.example
                retry.give-up-after = 2 days
                smtp {
                  users-file = u
                  receive-buffer = 1 MiB, max-header-size = 8 KiB, longest-hold = 1 day, large-message = 2 MiB
                  large-message-queue = 7, socket-threads = 3, max-lingering = 4, drain-timeout = 3s
                  listener-defaults { max-hops = 50, max-errors = 3 }
                  listeners = [
                    { name = a, bind = "192.0.2.1:0", allow-hosts = ["10.0.0.0/8"], relay-hosts = ["10.1.0.0/16"]
                      bare-newline = reject, address-syntax = strict, max-message-size = 1 MiB, max-recipients = 10
                      max-messages = 5, max-connections = 11, max-connections-per-client = 12, max-command-line = 1000
                      max-errors = 4, max-idle-commands = 6, reports = off, command-timeout = 7s, transaction-timeout = 8s, backlog = 9
                      verdict-timeout = 9s, implicit-tls = true
                      auth = required, auth-require-tls = false, sender-domains = ["Example.com", "*.example.net."]
                      proxy-protocol-from = ["192.0.2.1"], proxy-protocol-timeout = 11s, xclient-from = ["::1"]
                      tls { certificate = c.pem, key = k.pem, passphrase-file = p, min-version = "TLSv1.3" } },
                    { name = b }
                  ]
                }
                """);

        assertThat(settings.listeners().get(0))
                .isEqualTo(new ListenerSettings(
                        "a",
                        "192.0.2.1",
                        0,
                        Cidr.parseAll(List.of("10.0.0.0/8")),
                        Cidr.parseAll(List.of("10.1.0.0/16")),
                        new Admission(
                                Admission.Mode.REQUIRED,
                                false,
                                SenderDomains.parse(List.of("example.com", "*.example.net"))),
                        new Fronts(
                                Cidr.parseAll(List.of("192.0.2.1")),
                                Duration.ofSeconds(11),
                                Cidr.parseAll(List.of("::1"))),
                        new TlsSettings(
                                "postrider.smtp.listeners[0].tls",
                                List.of(new CertificateFiles(
                                        Path.of("c.pem"), Path.of("k.pem"), Optional.of(Path.of("p")))),
                                TlsVersion.V1_3,
                                List.of(),
                                List.of(),
                                ClientCertificates.NONE,
                                Optional.empty()),
                        true,
                        new ServerTerms(
                                "h.example",
                                AddressSyntax.STRICT,
                                BareNewline.REJECT,
                                1 << 20,
                                10,
                                5,
                                1000,
                                4,
                                6,
                                false),
                        11,
                        12,
                        50,
                        9,
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9)));
        assertThat(settings.listeners().get(1).terms().maxErrors()).isEqualTo(3);
        assertThat(settings.maxLingering()).isEqualTo(4);
        assertThat(settings.receiveBuffer()).isEqualTo(1 << 20);
        assertThat(settings.socketThreads()).isEqualTo(3);
        assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.intake())
                .isEqualTo(
                        new IntakeSettings("h.example", Duration.ofDays(2), 8 << 10, Duration.ofDays(1), 2 << 20, 7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "smtp.listeners = [{}, { name = x, max-recipients = 0 }]|postrider.smtp.listeners[1].max-recipients: expected 1 to 100000, but got 0",
                "smtp.listeners = [{ implicit-tls = true }]|postrider.smtp.listeners[0].implicit-tls: expected a certificate in tls.certificate as well, but got none",
                "smtp.listeners = [{ tls.key = a }]|postrider.smtp.listeners[0].tls.certificate: expected a file that goes with key, but got none",
                "smtp.listeners = [{ bind = nonsense }]|postrider.smtp.listeners[0].bind: expected address:port such as [::]:2525, but got nonsense",
                "smtp.listeners = [{ bare-newline = keep }]|postrider.smtp.listeners[0].bare-newline: expected normalise or reject, but got keep",
                "smtp.listeners = [{ relay-hosts = [here] }]|postrider.smtp.listeners[0].relay-hosts: expected an IP network such as 192.0.2.0/24 or 2001:db8::/32, but got 'here'",
                "smtp.listeners = [{}, {}]|postrider.smtp.listeners: expected names that differ, but two are called relay-in",
                "smtp.receive-buffer = 1|postrider.smtp.receive-buffer: expected 65536 to 1099511627776, but got 1",
                "smtp.max-header-size = 1|postrider.smtp.max-header-size: expected 1024 to 67108864, but got 1",
            })
    void namesTheKeyThatIsWrong(String overrides, String complaint) {
        assertThatThrownBy(() -> settings(overrides)).hasMessage(complaint);
    }

    private static IngressSettings settings(String overrides) {
        Config config = ConfigFactory.parseString("postrider {" + overrides + "}")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve();
        return IngressSettings.from(config.getConfig("postrider"));
    }
}
