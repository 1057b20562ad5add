package io.postrider.egress;

import static io.postrider.egress.EgressBench.DOMAIN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.egress.FromConnection.AllHostsFailed;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections under TLS: who shares them, what they carry, and who we are on them. */
class TlsConnectionsTest {

    private static final Domain OTHER = Domain.of("other.example");

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static TestCertificates.Made certificate;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates();
        certificate = certificates.make("RSA", "mx0.site.test");
    }

    @Test
    void namesTheHostToTheServerAndTheServerInTheRecords() throws Exception {
        try (ScriptedMx mx = encrypting();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);

            Via.Tls tls = tlsOf(bench, DOMAIN);

            assertThat(tls)
                    .isEqualTo(new Via.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "opportunistic", "mx0.site.test"));
            assertThat(mx.encryptions())
                    .containsExactly("TLSv1.3 TLS_AES_256_GCM_SHA384 [type=host_name (0), value=mx0.site.test]");
        }
    }

    @Test
    void obeysTheSuitesOfItsSettings() throws Exception {
        try (ScriptedMx mx = encrypting().speakingOnly("TLSv1.2");
                EgressBench bench = new EgressBench("postrider.egress.tls.ciphers = [ECDHE-RSA-AES128-GCM-SHA256]")) {
            bench.route(mx);

            assertThat(tlsOf(bench, DOMAIN).cipher()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        }
    }

    @Test
    void aHostWhoseHandshakeFailedGetsPlainTextForAWhile() throws Exception {
        try (ScriptedMx mx = encrypting()
                        .then(
                                new ScriptedMx.Step.Say("220 mx.test"),
                                new ScriptedMx.Step.Expect("EHLO"),
                                new ScriptedMx.Step.Say("250-mx.test\r\n250 STARTTLS"),
                                new ScriptedMx.Step.Expect("STARTTLS"),
                                new ScriptedMx.Step.Say("220 go"),
                                new ScriptedMx.Step.HangUp());
                EgressBench bench = new EgressBench("postrider.egress.per-site.default.messages-per-connection = 1")) {
            bench.route(mx);

            assertThat(tlsOf(bench, DOMAIN)).isEqualTo(Via.Tls.NONE);
            assertThat(tlsOf(bench, DOMAIN)).isEqualTo(Via.Tls.NONE);

            assertThat(mx.commands()).filteredOn("STARTTLS"::equals).hasSize(1);
        }
    }

    @Test
    void mailThatAsksForMoreRidesOnNoOtherConnectionEvenWhereThereIsRoomForOneOnly() throws Exception {
        try (ScriptedMx mx = encrypting();
                EgressBench bench = new EgressBench(
                        "postrider.egress.per-site.default.connections = 1",
                        "postrider.egress.idle-timeout = 1h",
                        "postrider.egress.per-domain.\"other.example\".tls.mode = required")) {
            bench.route(mx).route(OTHER, "site.test", mx);

            assertThat(tlsOf(bench, DOMAIN).policy()).isEqualTo("opportunistic");
            assertThat(tlsOf(bench, OTHER).policy()).isEqualTo("required");
            assertThat(tlsOf(bench, DOMAIN).policy()).isEqualTo("opportunistic");

            assertThat(mx.connections()).isEqualTo(3);
            assertThat(mx.mostConnectionsAtOnce()).isEqualTo(1);
        }
    }

    @Test
    void domainsThatAskForTheSameShareAConnection() throws Exception {
        try (ScriptedMx mx = encrypting();
                EgressBench bench = new EgressBench(
                        "postrider.egress.per-site.default.connections = 1", "postrider.egress.idle-timeout = 1h")) {
            bench.route(mx).route(OTHER, "site.test", mx);

            tlsOf(bench, DOMAIN);
            tlsOf(bench, OTHER);

            assertThat(mx.connections()).isEqualTo(1);
        }
    }

    @Test
    void aMebibyteArrivesToTheByte() throws Exception {
        byte[] body = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n"
                .repeat(1 << 14)
                .getBytes(UTF_8);
        try (ScriptedMx mx = encrypting();
                EgressBench bench = new EgressBench()) {
            bench.route(mx);

            bench.send(bench.mail(DOMAIN, body), bench.mail());

            assertThat(mx.take().body()).isEqualTo(body);
            assertThat(mx.take().body()).hasSizeLessThan(100);
        }
    }

    @Test
    void showsItsCertificateToAServerThatAsks() throws Exception {
        Path own = certificates.make("EC", "relay.test").writeTo(directory.resolve("own.pem"));
        try (ScriptedMx mx = encrypting().askingForCertificate();
                EgressBench bench = new EgressBench(
                        "postrider.egress.tls { mode = required, client-certificate = \"" + own + "\" }")) {
            bench.route(mx);

            tlsOf(bench, DOMAIN);

            assertThat(mx.encryptions().getFirst()).endsWith("CN=relay.test");
        }
    }

    @Test
    void aServerThatWantsACertificateWeLackGetsPlainTextOrNothing() throws Exception {
        try (ScriptedMx mx = encrypting().askingForCertificate();
                EgressBench bench =
                        new EgressBench("postrider.egress.per-domain.\"other.example\".tls.mode = required")) {
            bench.route(mx).route(OTHER, "strict.test", mx);

            assertThat(tlsOf(bench, DOMAIN)).isEqualTo(Via.Tls.NONE);
            bench.send(OTHER, 1, List.of(bench.mail(OTHER, new byte[0])));
            assertThat(bench.hears(OTHER, AllHostsFailed.class).reply().text()).contains("TLS");
        }
    }

    @Test
    void logsInByPlainUnderTlsAlone() throws Exception {
        try (ScriptedMx mx = encrypting()
                        .offeringUnderTls("PIPELINING,AUTH LOGIN PLAIN")
                        .answering("AUTH", "235 2.7.0 in");
                EgressBench bench = smarthost("tls = required", "s3cret é\n")) {
            bench.route(mx);

            tlsOf(bench, DOMAIN);

            String response = Base64.getEncoder().encodeToString("\0me\0s3cret é".getBytes(UTF_8));
            assertThat(mx.commands())
                    .containsSubsequence("STARTTLS", "EHLO relay.example.com", "AUTH PLAIN " + response);
        }
    }

    @Test
    void logsInByLoginWhereThereIsNothingElse() throws Exception {
        try (ScriptedMx mx = encrypting()
                        .offeringUnderTls("AUTH LOGIN")
                        .answering("AUTH", "334 VXNlcm5hbWU6")
                        .answering("bWU=", "334 UGFzc3dvcmQ6")
                        .answering("cHc=", "235 2.7.0 in");
                EgressBench bench = smarthost("tls = required", "pw")) {
            bench.route(mx);

            assertThat(tlsOf(bench, DOMAIN).policy()).isEqualTo("required");
        }
    }

    @Test
    void noMailGoesOutAsNobodyWhenTheServerDoesNotTakeUs() throws Exception {
        try (ScriptedMx mx = encrypting().offeringUnderTls("AUTH PLAIN").answering("AUTH", "535 5.7.8 who are you?");
                EgressBench bench = smarthost("tls = required", "pw")) {
            bench.route(mx);

            bench.send(bench.mail());

            assertThat(bench.hears(AllHostsFailed.class).reply().toString())
                    .isEqualTo("451 4.7.5 the server did not take our user and password: 535 5.7.8 who are you?");
            assertThat(mx.commands()).noneMatch(command -> command.startsWith("MAIL"));
        }
    }

    @Test
    void aPasswordIsNeverShownInPlainText() throws Exception {
        try (ScriptedMx mx = ScriptedMx.serving().offering("AUTH PLAIN");
                EgressBench bench = smarthost(
                        "tls = required",
                        "pw",
                        "postrider.egress.per-domain.\"example.com\".tls.mode = opportunistic")) {
            bench.route(mx);

            bench.send(bench.mail());

            assertThat(bench.hears(AllHostsFailed.class).reply().text())
                    .isEqualTo("the password for this server is not shown without TLS");
            assertThat(mx.commands()).noneMatch(command -> command.startsWith("AUTH"));
        }
        assertThatThrownBy(() -> smarthost("tls = opportunistic", "pw"))
                .hasMessageContaining(
                        "routes.\"example.com\".tls: expected required or verify, as a password is shown");
    }

    @Test
    void takesANewAuthorityIntoUseWithoutARestart() throws Exception {
        TestCertificates others = new TestCertificates();
        Path file = others.writeAuthority(directory.resolve("replaced.pem"));
        try (ScriptedMx mx = encrypting();
                EgressBench bench = new EgressBench(
                        "postrider.egress.tls { mode = verify, ca-file = \"" + file + "\" }",
                        "postrider.egress.linger = 0s")) {
            bench.route(mx);
            bench.send(bench.mail());
            assertThat(bench.hears(AllHostsFailed.class).reply().text()).contains("not trusted");

            certificates.writeAuthority(file);

            Ticket ticket = bench.mail();
            bench.send(ticket);
            Object said = bench.probe(DOMAIN).receiveMessage();
            while (!(said instanceof FromConnection.Outcomes)) {
                if (said instanceof AllHostsFailed) {
                    bench.send(ticket);
                }
                said = bench.probe(DOMAIN).receiveMessage();
            }
            assertThat(mx.take().recipients()).hasSize(1);
        }
    }

    private static ScriptedMx encrypting() {
        return ScriptedMx.serving().encrypting(certificates.server(certificate));
    }

    private static EgressBench smarthost(String tls, String password, String... more) throws IOException {
        Path file = Files.writeString(directory.resolve("password"), password);
        String route = "postrider.egress.routes.\"example.com\" = { hosts = [\"127.0.0.1:25\"], " + tls
                + ", user = me, password-file = \"" + file + "\" }";
        return more.length == 0 ? new EgressBench(route) : new EgressBench(route, more[0]);
    }

    /** How one delivered message went. */
    private static Via.Tls tlsOf(EgressBench bench, Domain domain) {
        Ticket ticket = bench.mail(domain, "A: b\r\n\r\n".getBytes(UTF_8));
        bench.send(domain, 1, List.of(ticket));
        FromConnection.MessageOutcome outcome = bench.outcomes(domain, 1).get(ticket.id());
        assertThat(outcome.results().getFirst().kind()).isEqualTo(Kind.DELIVERED);
        return outcome.via().orElseThrow().tls();
    }
}
