package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.route.TlsRules;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class NodeTlsTest {

    @TempDir
    Path directory;

    @Test
    void tellsWhenEachCertificateExpires() throws Exception {
        TestCertificates authority = new TestCertificates();
        TestCertificates.Made soon = authority.make("EC", Duration.ofDays(10), "a.example");
        Path first = soon.writeTo(directory.resolve("a.pem"));
        Path second = authority.make("EC", "b.example").writeTo(directory.resolve("b.pem"));
        Config postrider = ConfigFactory.parseString("postrider.http.tls { certificate = \"" + first
                        + "\", certificates = [{ certificate = \"" + second + "\" }] }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        Instant now = Instant.now();
        try (NodeTls tls = NodeTls.open(postrider)) {
            tls.server(TlsSettings.of(postrider, "http"));
            Meters meters = new Meters(new MetricsSettings(10));
            meters.certificates(tls::expiry);

            assertThat(meters.expose())
                    .containsPattern("postrider_tls_certificate_expiry_seconds\\{file=\"[^\"]*/a.pem\"} ")
                    .containsPattern("postrider_tls_certificate_expiry_seconds\\{file=\"[^\"]*/b.pem\"} ");
            assertThat(tls.expiry())
                    .containsEntry(
                            first.toString(),
                            soon.certificate().getNotAfter().toInstant().getEpochSecond());
            assertThat(told(tls, now))
                    .singleElement()
                    .asString()
                    .startsWith("WARN the certificate in " + first + " expires in 9 days");
            assertThat(told(tls, now.plus(Duration.ofDays(11))))
                    .singleElement()
                    .asString()
                    .startsWith("ERROR the certificate in " + first + " expired at ");
        }
    }

    @Test
    void tellsOfTheCertificateThatOtherServersSee() throws Exception {
        TestCertificates.Made soon = new TestCertificates().make("EC", Duration.ofDays(10), "a.example");
        Path file = soon.writeTo(directory.resolve("a.pem"));
        Config postrider = ConfigFactory.parseString("postrider.egress.tls.client-certificate = \"" + file + "\"")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        Instant now = Instant.now();
        try (NodeTls tls = NodeTls.open(postrider)) {
            tls.client(TlsRules.from(postrider), InstantSource.system());

            assertThat(tls.expiry())
                    .containsEntry(
                            file.toString(),
                            soon.certificate().getNotAfter().toInstant().getEpochSecond());
            assertThat(told(tls, now.plus(Duration.ofDays(11))))
                    .singleElement()
                    .asString()
                    .startsWith("ERROR the certificate in " + file + " expired at ")
                    .endsWith(": servers that verify it take nothing from us");
        }
    }

    private static List<String> told(NodeTls tls, Instant now) {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(NodeTls.class);
        logger.addAppender(lines);
        tls.tellWhatExpires(now);
        logger.detachAppender(lines);
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }
}
