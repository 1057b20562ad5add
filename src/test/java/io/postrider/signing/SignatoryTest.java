package io.postrider.signing;

import static io.postrider.signing.SigningFixture.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.postrider.dkim.TestKeys;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.store.Overloaded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

@Timeout(60)
class SignatoryTest {

    private static final Instant AT = Instant.parse("2026-07-06T10:00:00Z");
    private static final Pattern SIGNER = Pattern.compile(" d=([^;]*);\\s*s=([^;]*);");

    private final Meters meters = new Meters(new MetricsSettings(10));

    @TempDir
    Path directory;

    private Path rsa;
    private Path ed;

    @BeforeEach
    void keys() throws IOException {
        rsa = SigningFixture.write(directory.resolve("rsa.pem"), TestKeys.pair("RSA", 1024));
        ed = SigningFixture.write(directory.resolve("ed.pem"), TestKeys.pair("Ed25519", 0));
    }

    private Signatory open(String dkim) {
        return open(dkim, System::nanoTime);
    }

    private Signatory open(String dkim, LongSupplier ticker) {
        return Signatory.open(settings(dkim), meters, ticker, Duration.ofMillis(5));
    }

    private String signer(String domain, String selector, String more) {
        return "{ domain = \"" + domain + "\", selector = " + selector + ", key-file = \"" + ed + "\" " + more + " }";
    }

    private static byte[] message(String from) {
        return ("From: " + from + "\r\nSubject: x\r\n\r\nHello\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private static CompletableFuture<byte[]> sign(Signatory signatory, String from, String tenant) {
        return signatory.sign(message(from), tenant, domain -> true, AT).toCompletableFuture();
    }

    /** As {@code selector@d}, from the top down. */
    private static List<String> signatures(byte[] signed) {
        Matcher matcher = SIGNER.matcher(new String(signed, StandardCharsets.UTF_8));
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(2) + "@" + matcher.group(1));
        }
        return found;
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a@example.com                  | ''    | one@example.com two@example.com",
                "a@EXAMPLE.com                  | other | one@example.com two@example.com",
                "a@example.com                  | acme  | acme@example.com",
                "a@sub.example.com              | ''    | wild@example.com",
                "a@deep.sub.example.com         | acme  | wild@example.com",
                "a@x.news.example.com           | ''    | near@news.example.com",
                "a@example.org                  | ''    | any@example.org",
                "a@example.org, b@example.com   | ''    | any@example.org one@example.com two@example.com",
                "a@[192.0.2.1]                  | ''    | ''",
                "nobody                         | ''    | ''"
            })
    void signersAreFoundByTheAuthorsDomainThenByTenant(String from, String tenant, String expected) {
        String all = String.join(
                ", ",
                signer("example.com", "one", ""),
                signer("example.com", "two", ""),
                signer("example.com", "acme", ", tenant = acme"),
                signer("*.example.com", "wild", ""),
                signer("*.news.example.com", "near", ""),
                signer("*", "any", ""));
        try (Signatory signatory = open("signers = [" + all + "]")) {
            assertThat(String.join(" ", signatures(sign(signatory, from, tenant).join())))
                    .isEqualTo(expected);
        }
    }

    @Test
    void whatItSignsKeepsItsBytesBehindTheSignatures() {
        try (Signatory signatory = open("signers = [" + signer("example.com", "s", "") + "]")) {
            String signed = new String(sign(signatory, "a@example.com", "").join(), StandardCharsets.UTF_8);

            assertThat(signed)
                    .startsWith("DKIM-Signature: v=1; a=ed25519-sha256;")
                    .endsWith(new String(message("a@example.com"), StandardCharsets.UTF_8));
        }
        assertThat(meters.expose())
                .contains("postrider_dkim_signed_total{algorithm=\"ed25519-sha256\"} 1.0")
                .contains("postrider_dkim_time_seconds_count 1.0");
    }

    @Test
    void neverSignsForADomainThatTheSenderMayNotUse() {
        try (Signatory signatory = open("signers = [" + signer("*", "s", "") + "]")) {
            byte[] signed = signatory
                    .sign(
                            message("a@evil.test, b@example.com"),
                            "",
                            domain -> domain.name().equals("example.com"),
                            AT)
                    .toCompletableFuture()
                    .join();

            assertThat(signatures(signed)).containsExactly("s@example.com");
        }
    }

    @Test
    void nobodyVouchesForAMessageWithTwoFromFields() {
        try (Signatory signatory = open("signers = [" + signer("*", "s", "") + "]")) {
            assertThat(signatures(sign(signatory, "a@example.com\r\nFrom: b@example.com", "")
                            .join()))
                    .isEmpty();
        }
    }

    @Test
    void aReplacedKeyIsTakenAndABrokenOneIsToldAndNot() throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                told.add(event.getLevel() + " " + event.getFormattedMessage());
            }
        };
        appender.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Signatory.class);
        logger.addAppender(appender);
        try (Signatory signatory = open("signers = [" + signer("example.com", "s", "") + "]")) {
            byte[] before = sign(signatory, "a@example.com", "").join();

            Files.writeString(ed, "-----BEGIN PRIVATE KEY-----\n");
            until(() -> told.stream()
                    .anyMatch(line -> line.startsWith("ERROR postrider.dkim.signers[0]: the key stays as it was")
                            && line.contains(ed + ":1: ")));
            assertThat(sign(signatory, "a@example.com", "").join()).isEqualTo(before);
            Files.delete(ed);
            until(() -> told.stream().anyMatch(line -> line.contains("there is no such file")));
            assertThat(sign(signatory, "a@example.com", "").join()).isEqualTo(before);
            SigningFixture.write(ed, TestKeys.pair("RSA", 1024));

            until(() -> new String(sign(signatory, "a@example.com", "").join(), StandardCharsets.UTF_8)
                    .contains("a=rsa-sha256"));
        } finally {
            logger.detachAppender(appender);
        }
    }

    @Test
    void refusesWhatIsBeyondItsBoundsAndSignsTheRest() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LongSupplier ticker = () -> {
            busy.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return 0;
        };
        String settings = "threads = 1, max-waiting = 1, signers = [" + signer("example.com", "s", "") + "]";
        try (Signatory signatory = open(settings, ticker)) {
            CompletableFuture<byte[]> first = sign(signatory, "a@example.com", "");
            busy.await();
            CompletableFuture<byte[]> second = sign(signatory, "a@example.com", "");
            CompletableFuture<byte[]> third = sign(signatory, "a@example.com", "");

            assertThatThrownBy(third::join).hasCauseInstanceOf(Overloaded.class);
            go.countDown();
            assertThat(signatures(first.join())).hasSize(1);
            assertThat(signatures(second.join())).hasSize(1);
        }
    }

    @Test
    void refusesBytesBeyondItsBound() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LongSupplier ticker = () -> {
            busy.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return 0;
        };
        String settings = "threads = 1, max-waiting-bytes = 1 KiB, signers = [" + signer("example.com", "s", "") + "]";
        try (Signatory signatory = open(settings, ticker)) {
            String large = "a@example.com\r\nX: " + "x".repeat(900);
            CompletableFuture<byte[]> first = sign(signatory, large, "");
            busy.await();
            CompletableFuture<byte[]> second = sign(signatory, large, "");

            assertThatThrownBy(() -> sign(signatory, large, "").join()).hasCauseInstanceOf(Overloaded.class);
            go.countDown();
            assertThat(signatures(first.join())).hasSize(1);
            assertThat(signatures(second.join())).hasSize(1);
        }
    }

    @Test
    void aMessageThatCannotBeSignedFailsAndIsCounted() {
        LongSupplier broken = () -> {
            throw new IllegalStateException("no clock");
        };
        try (Signatory signatory = open("signers = [" + signer("example.com", "s", "") + "]", broken)) {
            assertThatThrownBy(() -> sign(signatory, "a@example.com", "").join())
                    .hasCauseInstanceOf(SigningFailed.class);
        }
        assertThat(meters.expose()).contains("postrider_dkim_failures_total 1.0");
    }

    @Test
    void doesNotStartWithoutItsKeys() throws IOException {
        Files.writeString(rsa, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
        String wrong = "signers = [" + signer("a.b", "s", "") + ", { domain = c.d, selector = s, key-file = \"" + rsa
                + "\" }]";

        assertThatThrownBy(() -> open(wrong))
                .hasMessage("postrider.dkim.signers[1].key-file: " + rsa
                        + ":1: expected a PEM private key, but the file holds a certificate");
        assertThatThrownBy(() -> KeyFiles.check(settings(wrong.replace("rsa.pem", "gone.pem"))))
                .hasMessageStartingWith("postrider.dkim.signers[1].key-file: ")
                .hasMessageContaining("there is no such file; bin/postrider dkim generate makes a key");
    }

    @Test
    void warnsOfShortKeysAndOpenFiles() throws IOException {
        Files.setPosixFilePermissions(rsa, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(KeyFiles.warnings(
                        settings("signers = [{ domain = c.d, selector = s, key-file = \"" + rsa + "\" }]")))
                .extracting(KeyFiles.Warning::message)
                .satisfiesExactly(
                        first -> assertThat(first).contains("an RSA key of 1024 bits"),
                        second -> assertThat(second).contains("chmod 600"));
        assertThat(KeyFiles.warnings(settings("signers = [" + signer("a.b", "s", "") + "]")))
                .isEmpty();
    }

    @Test
    void withoutSignersItIsOff() {
        try (Signatory signatory = open("")) {
            assertThat(signatory.isOff()).isTrue();
        }
    }
}
