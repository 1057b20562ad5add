package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.AllHostsFailed;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ScriptedMx.Step;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Via;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of mail for each kind of server in each mode: the table of RFC 7435 with RFC 3207 behind it. */
class TlsOutcomesTest {

    private static final String HOST = "mx0.site.test";
    /** ServerHello of TLS 1.0 with TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA. */
    private static final byte[] TLS_1_0 =
            HexFormat.of().parseHex("160301002a" + "02000026" + "0301" + "5a".repeat(32) + "00" + "c013" + "00");

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static Path authority;

    @BeforeAll
    static void makeCertificates() throws IOException {
        certificates = new TestCertificates();
        authority = certificates.writeAuthority(directory.resolve("ca.pem"));
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                // A server without TLS.
                "plain | none | plain",
                "plain | opportunistic | plain",
                "plain | opportunistic, on-handshake-failure = defer | plain",
                "plain | required | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                "plain | verify | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                // A certificate of an authority that we trust, for the MX host.
                "good | none | plain",
                "good | opportunistic | TLSv1.3 opportunistic",
                "good | required | TLSv1.3 required",
                "good | verify | TLSv1.3 verify",
                "for the domain | verify | TLSv1.3 verify",
                "good | opportunistic, min-version = TLSv1.3 | TLSv1.3 opportunistic",
                "good | verify, on-handshake-failure = clear | TLSv1.3 verify",
                // Certificates that prove nothing.
                "expired | none | plain",
                "self-signed | none | plain",
                "wrong name | none | plain",
                "expired | opportunistic, on-handshake-failure = defer | TLSv1.3 opportunistic",
                "self-signed | opportunistic, on-handshake-failure = defer | TLSv1.3 opportunistic",
                "wrong name | opportunistic, on-handshake-failure = defer | TLSv1.3 opportunistic",
                "expired | opportunistic | TLSv1.3 opportunistic",
                "expired | required | TLSv1.3 required",
                "expired | verify | 451 4.7.5 the server is not whom it must be: its certificate is not trusted: NotAfter",
                "self-signed | opportunistic | TLSv1.3 opportunistic",
                "self-signed | required | TLSv1.3 required",
                "self-signed | verify | 451 4.7.5 the server is not whom it must be: its certificate is not trusted",
                "wrong name | opportunistic | TLSv1.3 opportunistic",
                "wrong name | required | TLSv1.3 required",
                "wrong name | verify | 451 4.7.5 the server is not whom it must be: its certificate is for other.test and not for mx0.site.test or example.com",
                "expired | verify, on-handshake-failure = clear | 451 4.7.5 the server is not whom it must be",
                "self-signed | verify, on-handshake-failure = clear | 451 4.7.5 the server is not whom it must be",
                "wrong name | verify, on-handshake-failure = clear | 451 4.7.5 the server is not whom it must be",
                // A version that is good, but not good enough for one who says so.
                "TLS 1.2 | opportunistic | TLSv1.2 opportunistic",
                "TLS 1.2 | required | TLSv1.2 required",
                "TLS 1.2 | verify | TLSv1.2 verify",
                "TLS 1.2 | opportunistic, min-version = TLSv1.3 | 451 4.7.5 the TLS handshake failed: ",
                "TLS 1.2 | opportunistic, min-version = TLSv1.3, on-handshake-failure = clear | plain",
                "TLS 1.2 | required, min-version = TLSv1.3, on-handshake-failure = clear | 451 4.7.5 the TLS handshake failed: ",
                "TLS 1.2 | verify, min-version = TLSv1.3 | 451 4.7.5 the TLS handshake failed: ",
                // Handshakes that fail.
                "TLS 1.0 | opportunistic | plain",
                "TLS 1.0 | opportunistic, on-handshake-failure = defer | 451 4.7.5 the TLS handshake failed: ",
                "TLS 1.0 | opportunistic, min-version = TLSv1.3 | 451 4.7.5 the TLS handshake failed: ",
                "TLS 1.0 | opportunistic, min-version = TLSv1.3, on-handshake-failure = clear | plain",
                "TLS 1.0 | required, on-handshake-failure = clear | 451 4.7.5 the TLS handshake failed: ",
                "TLS 1.0 | required | 451 4.7.5 the TLS handshake failed: ",
                "TLS 1.0 | verify | 451 4.7.5 the TLS handshake failed: ",
                "cut | opportunistic | plain",
                "cut | opportunistic, on-handshake-failure = defer | 451 4.4.2 the server closed the connection while waiting for the TLS handshake",
                "cut | required | 451 4.4.2 the server closed the connection while waiting for the TLS handshake",
                "cut | verify | 451 4.4.2 the server closed the connection while waiting for the TLS handshake",
                "stalls | opportunistic | plain",
                "stalls | opportunistic, on-handshake-failure = defer | 451 4.4.2 no answer within",
                "stalls | required | 451 4.4.2 no answer within",
                "stalls | verify | 451 4.4.2 no answer within",
                "garbage | opportunistic | plain",
                "garbage | opportunistic, on-handshake-failure = defer | 451 4.7.5 the TLS handshake failed: ",
                "garbage | required | 451 4.7.5 the TLS handshake failed: ",
                "garbage | verify | 451 4.7.5 the TLS handshake failed: ",
                // STARTTLS that is offered and refused.
                "refused | none | plain",
                "refused | opportunistic | plain",
                "refused | opportunistic, on-handshake-failure = defer | 451 4.7.5 the server offered STARTTLS, but then said 454 4.7.0",
                "refused | required | 451 4.7.5 the server offered STARTTLS, but then said 454 4.7.0",
                "refused | verify | 451 4.7.5 the server offered STARTTLS, but then said 454 4.7.0",
                "hangs up | opportunistic | plain",
                "hangs up | opportunistic, on-handshake-failure = defer | 451 4.4.2 the server closed the connection while waiting for the reply to STARTTLS",
                "hangs up | verify | 451 4.4.2 the server closed the connection while waiting for the reply to STARTTLS",
                "hangs up | required | 451 4.4.2 the server closed the connection while waiting for the reply to STARTTLS",
                // Words put behind the reply to STARTTLS: never a step further, and never plain text.
                "injected | opportunistic, on-handshake-failure = clear | 451 4.7.5 the server went on in plain text behind its reply to STARTTLS",
                "injected | opportunistic | 451 4.7.5 the server went on in plain text behind its reply to STARTTLS",
                "injected | required | 451 4.7.5 the server went on in plain text behind its reply to STARTTLS",
                "injected | verify | 451 4.7.5 the server went on in plain text behind its reply to STARTTLS",
            })
    void becomesOfMail(String server, String mode, String expected) throws Exception {
        String section = "postrider.egress.tls { mode = " + mode + ", ca-file = \"" + authority + "\" }";
        try (ScriptedMx mx = server(server);
                EgressBench bench = new EgressBench(
                        section, "postrider.egress.timeouts.tls = " + (server.equals("stalls") ? "300ms" : "20s"))) {
            bench.route(EgressBench.DOMAIN, "site.test", false, mx.address());
            Ticket ticket = bench.mail();

            bench.send(ticket);

            if (expected.startsWith("451")) {
                assertThat(bench.hears(AllHostsFailed.class).reply().toString()).startsWith(expected);
                assertThat(mx.commands()).noneMatch(command -> command.startsWith("MAIL"));
                assertThat(mx.connections()).isEqualTo(1);
                return;
            }
            MessageOutcome outcome = bench.outcomes(EgressBench.DOMAIN, 1).get(ticket.id());
            Via.Tls tls = outcome.via().orElseThrow().tls();
            String seen = tls.equals(Via.Tls.NONE) ? "plain" : tls.version() + " " + tls.policy();
            assertThat(seen).isEqualTo(expected);
            assertThat(mx.take().recipients()).containsExactly("someone@example.com");
            assertThat(mx.encryptions()).hasSize(seen.equals("plain") ? 0 : 1);
        }
    }

    private static ScriptedMx server(String kind) {
        return switch (kind) {
            case "plain" -> ScriptedMx.serving();
            case "good" -> with(certificates.make("RSA", HOST));
            case "for the domain" -> with(certificates.make("EC", "example.com"));
            case "expired" -> with(certificates.make("EC", Duration.ofDays(-1), HOST));
            case "self-signed" -> with(TestCertificates.selfSigned(HOST));
            case "wrong name" -> with(certificates.make("EC", "other.test"));
            case "TLS 1.2" -> with(certificates.make("EC", HOST)).speakingOnly("TLSv1.2");
            case "TLS 1.0" -> afterStartTls(new Step.Await(), new Step.SayBytes(TLS_1_0), new Step.Stall());
            case "cut" -> afterStartTls(new Step.Await(), new Step.HangUp());
            case "stalls" -> afterStartTls(new Step.Stall());
            case "garbage" -> afterStartTls(new Step.Await(), new Step.Say("250 what do you mean?"), new Step.Stall());
            case "refused" -> with(certificates.make("EC", HOST)).answering("STARTTLS", "454 4.7.0 no TLS today");
            case "hangs up" -> offering(new Step.Expect("STARTTLS"), new Step.HangUp());
            case "injected" ->
                offering(
                        new Step.Expect("STARTTLS"),
                        new Step.Say("220 go ahead\r\n250-mx.test\r\n250 PIPELINING"),
                        new Step.Stall());
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static ScriptedMx with(TestCertificates.Made certificate) {
        return ScriptedMx.serving().encrypting(certificates.server(certificate));
    }

    private static ScriptedMx afterStartTls(Step... steps) {
        Step[] all = new Step[steps.length + 2];
        all[0] = new Step.Expect("STARTTLS");
        all[1] = new Step.Say("220 go ahead");
        System.arraycopy(steps, 0, all, 2, steps.length);
        return offering(all);
    }

    /** On the first connection; whoever comes again is served, and offered TLS again. */
    private static ScriptedMx offering(Step... steps) {
        Step[] all = new Step[steps.length + 3];
        all[0] = new Step.Say("220 mx.test ESMTP");
        all[1] = new Step.Expect("EHLO");
        all[2] = new Step.Say("250-mx.test\r\n250 STARTTLS");
        System.arraycopy(steps, 0, all, 3, steps.length);
        return with(certificates.make("EC", HOST)).then(all);
    }
}
