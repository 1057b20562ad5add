package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.AllHostsFailed;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Via;
import io.postrider.sts.PublishedPolicy;
import io.postrider.sts.PublishedPolicy.Mode;
import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of mail for each kind of server under a policy in each mode: the table of RFC 8461 §5. */
class PolicyOutcomesTest {

    private static final String HOST = "mx0.site.test";
    private static final String NOBODY =
            "451 4.7.5 the MTA-STS policy of example.com allows none of its mail servers (mx0.site.test), only ";

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static Path authority;

    @BeforeAll
    static void makeCertificates() throws IOException {
        certificates = new TestCertificates();
        authority = certificates.writeAuthority(directory.resolve("ca.pem"));
    }

    @ParameterizedTest(name = "{0}, {1} for {2}: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                // A certificate of an authority that we trust, for the MX host.
                "good | ENFORCE | mx0.site.test | TLSv1.3 mta-sts",
                "good | ENFORCE | *.site.test | TLSv1.3 mta-sts",
                "good | TESTING | mx0.site.test | TLSv1.3 opportunistic",
                "good | NONE | mx0.site.test | TLSv1.3 opportunistic",
                "wild card | ENFORCE | mx0.site.test | TLSv1.3 mta-sts",
                // Not among the servers that the policy names, however good its certificate.
                "good | ENFORCE | mx.example.com | " + NOBODY + "mx.example.com",
                "good | TESTING | mx.example.com | TLSv1.3 opportunistic",
                "good | NONE | mx.example.com | TLSv1.3 opportunistic",
                "plain | ENFORCE | mx.example.com | " + NOBODY + "mx.example.com",
                // RFC 8461 §4.2: the name of the domain is not that of the server.
                "for the domain | ENFORCE | mx0.site.test | 451 4.7.5 the server is not whom it must be: its certificate is for example.com and not for mx0.site.test",
                "for the domain | TESTING | mx0.site.test | TLSv1.3 opportunistic",
                "wrong name | ENFORCE | mx0.site.test | 451 4.7.5 the server is not whom it must be: its certificate is for other.test and not for mx0.site.test",
                "wrong name | TESTING | mx0.site.test | TLSv1.3 opportunistic",
                "wrong name | NONE | mx0.site.test | TLSv1.3 opportunistic",
                "self-signed | ENFORCE | mx0.site.test | 451 4.7.5 the server is not whom it must be: its certificate is not trusted",
                "self-signed | TESTING | mx0.site.test | TLSv1.3 opportunistic",
                "self-signed | NONE | mx0.site.test | TLSv1.3 opportunistic",
                "expired | ENFORCE | mx0.site.test | 451 4.7.5 the server is not whom it must be: its certificate is not trusted: NotAfter",
                "expired | TESTING | mx0.site.test | TLSv1.3 opportunistic",
                // Never a step back to plain text.
                "plain | ENFORCE | mx0.site.test | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                "plain | TESTING | mx0.site.test | plain",
                "plain | NONE | mx0.site.test | plain",
                "refused | ENFORCE | mx0.site.test | 451 4.7.5 the server offered STARTTLS, but then said 454 4.7.0",
                "refused | TESTING | mx0.site.test | plain",
            })
    void becomesOfMail(String server, Mode mode, String mxPattern, String expected) throws Exception {
        try (ScriptedMx mx = server(server);
                EgressBench bench = new EgressBench("postrider.egress.tls.ca-file = \"" + authority + "\"")) {
            bench.route(EgressBench.DOMAIN, "site.test", false, mx.address());
            bench.policies.put(EgressBench.DOMAIN, new PublishedPolicy(mode, Duration.ofDays(1), List.of(mxPattern)));
            Ticket ticket = bench.mail();

            bench.send(ticket);

            if (expected.startsWith("451")) {
                assertThat(bench.hears(AllHostsFailed.class).reply().toString()).startsWith(expected);
                assertThat(mx.commands()).noneMatch(command -> command.startsWith("MAIL"));
                assertThat(mx.connections()).isEqualTo(expected.startsWith(NOBODY) ? 0 : 1);
                return;
            }
            MessageOutcome outcome = bench.outcomes(EgressBench.DOMAIN, 1).get(ticket.id());
            Via.Tls tls = outcome.via().orElseThrow().tls();
            String seen = tls.equals(Via.Tls.NONE) ? "plain" : tls.version() + " " + tls.policy();
            assertThat(seen).isEqualTo(expected);
            assertThat(mx.take().recipients()).containsExactly("someone@example.com");
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "good, nothing",
        "plain, starttls",
        "refused, starttls",
        "wrong name, certificate",
        "for the domain, certificate",
        "self-signed, certificate",
        "expired, certificate",
    })
    void whatTestingModeWouldRefuseIsCounted(String server, String reason) throws Exception {
        try (ScriptedMx mx = server(server);
                EgressBench bench = new EgressBench("postrider.egress.tls.ca-file = \"" + authority + "\"")) {
            bench.route(EgressBench.DOMAIN, "site.test", false, mx.address());
            bench.policies.put(
                    EgressBench.DOMAIN, new PublishedPolicy(Mode.TESTING, Duration.ofDays(1), List.of(HOST)));

            bench.send(bench.mail());
            mx.take();

            if (reason.equals("nothing")) {
                assertThat(bench.meters.expose()).doesNotContain("testing_failures_total{");
                return;
            }
            String expected = "postrider_mta_sts_testing_failures_total{reason=\"" + reason + "\"} 1.0";
            // The certificate is judged beside the mail.
            bench.probe(EgressBench.DOMAIN)
                    .awaitAssert(() -> assertThat(bench.meters.expose()).contains(expected));
        }
    }

    @Test
    void goesToTheServerThatThePolicyNamesThoughAnotherComesFirst() throws Exception {
        try (ScriptedMx first = server("good");
                ScriptedMx second = with(certificates.make("EC", "mx1.site.test"));
                EgressBench bench = new EgressBench("postrider.egress.tls.ca-file = \"" + authority + "\"")) {
            bench.route(EgressBench.DOMAIN, "site.test", false, first.address(), second.address());
            bench.policies.put(
                    EgressBench.DOMAIN,
                    new PublishedPolicy(Mode.ENFORCE, Duration.ofDays(1), List.of("mx1.site.test")));

            bench.send(bench.mail());

            assertThat(second.take().recipients()).containsExactly("someone@example.com");
            assertThat(first.connections()).isZero();
        }
    }

    private static ScriptedMx server(String kind) {
        return switch (kind) {
            case "plain" -> ScriptedMx.serving();
            case "good" -> with(certificates.make("RSA", HOST));
            case "wild card" -> with(certificates.make("EC", "*.site.test"));
            case "for the domain" -> with(certificates.make("EC", "example.com"));
            case "expired" -> with(certificates.make("EC", Duration.ofDays(-1), HOST));
            case "self-signed" -> with(TestCertificates.selfSigned(HOST));
            case "wrong name" -> with(certificates.make("EC", "other.test"));
            case "refused" -> with(certificates.make("EC", HOST)).answering("STARTTLS", "454 4.7.0 no TLS today");
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static ScriptedMx with(TestCertificates.Made certificate) {
        return ScriptedMx.serving().encrypting(certificates.server(certificate));
    }
}
