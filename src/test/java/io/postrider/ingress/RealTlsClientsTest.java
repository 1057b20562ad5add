package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that others wrote, over TLS. Each test is skipped where its program is not installed. */
@Timeout(120)
class RealTlsClientsTest {

    @TempDir
    static Path directory;

    private static TlsFixture fixture;
    private static SmtpListener startTls;
    private static SmtpListener implicit;
    private static Path ca;

    @BeforeAll
    static void start() throws Exception {
        fixture = new TlsFixture(directory);
        ca = fixture.authority.writeAuthority(directory.resolve("ca.pem"));
        startTls = fixture.start("max-connections-per-client = 1000");
        implicit = fixture.start("implicit-tls = true, max-connections-per-client = 1000");
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @BeforeEach
    void forget() {
        fixture.spool.forget();
    }

    private static String at(SmtpListener listener) {
        return "127.0.0.1:" + listener.address().getPort();
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384",
        "-tls1_3, TLSv1.3, TLS_AES_256_GCM_SHA384",
        "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305, TLSv1.2, ECDHE-RSA-CHACHA20-POLY1305",
        "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256, TLSv1.3, TLS_AES_128_GCM_SHA256"
    })
    void opensslOverStartTls(String options, String version, String cipher) throws Exception {
        Typist openssl = openssl(startTls, options + " -starttls smtp");

        openssl.type("ehlo me\r\n", "250-SIZE 52428800")
                .type("noop\r\n", "250 2.0.0 OK")
                .type("quit\r\n", "221 2.0.0");

        assertThat(openssl.ended())
                .contains("Verify return code: 0 (ok)", cipher, version)
                .doesNotContain("250-STARTTLS");
    }

    @Test
    void opensslOverImplicitTls() throws Exception {
        Typist openssl = openssl(implicit, "-tls1_3");

        openssl.await("220 relay.example.com ESMTP Postrider").type("quit\r\n", "221 2.0.0 Goodbye");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-tls1", "-tls1_1", "-tls1_2 -cipher AES128-SHA", "-tls1_2 -cipher ECDHE-RSA-AES128-SHA256"})
    void opensslFindsNothingWeak(String options) throws Exception {
        assertThat(openssl(startTls, options + " -starttls smtp").ended()).contains("Cipher is (NONE)");
    }

    /** A line that starts with R asks s_client for a second handshake. */
    @Test
    void opensslGetsNoSecondHandshake() throws Exception {
        Typist openssl = openssl(startTls, "-tls1_2 -starttls smtp").type("noop\r\n", "250 2.0.0 OK");

        assertThat(openssl.type("R\n", "RENEGOTIATING").ended()).contains("closed");
    }

    /** And one that starts with K for new keys, which TLS 1.3 allows. */
    @Test
    void opensslUpdatesItsKeys() throws Exception {
        Typist openssl = openssl(startTls, "-tls1_3 -starttls smtp").type("noop\r\n", "250 2.0.0 OK");

        openssl.type("K\n", "KEYUPDATE").type("help\r\n", "214 2.0.0").type("quit\r\n", "221 2.0.0 Goodbye");
    }

    private static Typist openssl(SmtpListener listener, String options) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", at(listener)));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of("-CAfile", ca.toString(), "-servername", "relay.example.com"));
        return new Typist(process(command));
    }

    /** Types a line when it has seen what it waited for, as a person does. */
    private static final class Typist {
        private final Process process;
        private final StringBuilder out = new StringBuilder();
        private int seen;

        private Typist(Process process) {
            this.process = process;
        }

        private Typist type(String line, String expected) throws Exception {
            process.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            return await(expected);
        }

        private Typist await(String expected) throws Exception {
            while (out.indexOf(expected, seen) < 0) {
                int b = process.getInputStream().read();
                assertThat(b).as(out + "\nwas the end, without " + expected).isNotNegative();
                out.append((char) b);
            }
            seen = out.length();
            return this;
        }

        private String ended() throws Exception {
            return out + RealTlsClientsTest.ended(process);
        }
    }

    @ParameterizedTest
    @CsvSource({"--tls, startTls", "--tls-on-connect, implicit"})
    void swaks(String option, String listener) throws Exception {
        String out = ended(process(List.of(
                "swaks",
                option,
                "--tls-ca-path",
                ca.toString(),
                "--tls-verify",
                "--server",
                "127.0.0.1",
                "--port",
                Integer.toString((listener.equals("implicit") ? implicit : startTls)
                        .address()
                        .getPort()),
                "--from",
                "a@example.org",
                "--to",
                "b@example.net")));

        assertThat(out).contains("TLS started with cipher TLSv1.", "queued as ");
        assertThat(new String(fixture.spool.taken().body(), StandardCharsets.US_ASCII))
                .contains(" with ESMTPS id ");
    }

    @Test
    void pythonsSmtplib() throws Exception {
        String script =
                """
                import smtplib, ssl, sys
                context = ssl.create_default_context(cafile=sys.argv[3])
                context.check_hostname = False
                s = smtplib.SMTP('127.0.0.1', int(sys.argv[1]))
                s.starttls(context=context)
                s.sendmail('a@example.org', ['b@example.net'], b'Subject: one\\r\\n\\r\\n' + b'x' * 100000 + b'\\r\\n')
                s.quit()
                s = smtplib.SMTP_SSL('127.0.0.1', int(sys.argv[2]), context=context)
                for i in range(20):
                    s.sendmail('a@example.org', ['b@example.net'], b'Subject: two\\r\\n\\r\\nhi\\r\\n')
                s.quit()
                """;
        String out = ended(process(List.of(
                "python3",
                "-c",
                script,
                Integer.toString(startTls.address().getPort()),
                Integer.toString(implicit.address().getPort()),
                ca.toString())));

        assertThat(out).isEmpty();
        assertThat(fixture.spool.all()).hasSize(21);
    }

    @Test
    void smtpSourceBesideIt() throws Exception {
        ended(process(List.of(
                "smtp-source", "-s", "5", "-m", "100", "-f", "a@example.org", "-t", "b@example.net", at(startTls))));

        assertThat(fixture.spool.all()).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"startTls", "implicit"})
    void sslscan(String which) throws Exception {
        SmtpListener listener = which.equals("implicit") ? implicit : startTls;
        List<String> command = new ArrayList<>(List.of("sslscan", "--no-colour", "--sni-name=relay.example.com"));
        if (listener == startTls) {
            command.add("--starttls-smtp");
        }
        command.add(at(listener));
        String out = ended(process(command));

        assertThat(out)
                .containsPattern("SSLv2 +disabled")
                .containsPattern("SSLv3 +disabled")
                .containsPattern("TLSv1.0 +disabled")
                .containsPattern("TLSv1.1 +disabled")
                .containsPattern("TLSv1.2 +enabled")
                .containsPattern("TLSv1.3 +enabled")
                .contains("Session renegotiation not supported");
        assertThat(out.lines().filter(line -> line.startsWith("Accepted") || line.startsWith("Preferred")))
                .isNotEmpty()
                .allMatch(line -> line.contains("GCM") || line.contains("CHACHA20"))
                .allMatch(line -> line.contains("TLSv1.3") || line.contains("ECDHE-"));
    }

    private static Process process(List<String> command) throws Exception {
        Optional<String> program = Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(place -> new File(place, command.get(0)))
                .filter(File::canExecute)
                .map(File::getPath)
                .findFirst();
        assumeTrue(program.isPresent(), command.get(0) + " is not installed");
        List<String> line = new ArrayList<>(command);
        line.set(0, program.orElseThrow());
        return new ProcessBuilder(line).redirectErrorStream(true).start();
    }

    private static String ended(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
