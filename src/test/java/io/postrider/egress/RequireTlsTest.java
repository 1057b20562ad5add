package io.postrider.egress;

import static io.postrider.egress.EgressBench.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import io.postrider.route.Dnssec;
import io.postrider.route.Routing;
import io.postrider.route.Site;
import io.postrider.sts.PublishedPolicy;
import io.postrider.sts.PublishedPolicy.Mode;
import io.postrider.tls.Protection;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.Tlsa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which servers get mail that requires TLS (RFC 8689 §4.2.1), and that no other mail is disturbed by it. */
class RequireTlsTest {

    private static final String SENDER = "sender@example.org";

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static Path authority;

    @BeforeAll
    static void makeCertificates() throws IOException {
        certificates = new TestCertificates();
        authority = certificates.writeAuthority(directory.resolve("ca.pem"));
    }

    @ParameterizedTest(name = "{0}, offers {1}, {2}, {3}: {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                "good | REQUIRETLS | route | opportunistic | delivered",
                "good | REQUIRETLS | route | required | delivered",
                "good | REQUIRETLS | route | verify | delivered",
                "good | HELP | route | opportunistic | 550 5.7.30 mx0.site.test: REQUIRETLS support required",
                "good | HELP | route | verify | 550 5.7.30 mx0.site.test: REQUIRETLS support required",
                "expired | REQUIRETLS | route | opportunistic | 550 5.7.10 mx0.site.test: encryption with a proven server needed, but its certificate is not trusted: NotAfter",
                "self-signed | REQUIRETLS | route | required | 550 5.7.10 mx0.site.test: encryption with a proven server needed, but its certificate is not trusted",
                "wrong name | REQUIRETLS | route | opportunistic | 550 5.7.10 mx0.site.test: encryption with a proven server needed, but its certificate is for other.test and not for mx0.site.test",
                "plain | REQUIRETLS | route | opportunistic | 550 5.7.10 mx0.site.test: encryption needed, but there is none",
                "good | REQUIRETLS | route | none | 550 5.7.10 mx0.site.test: encryption needed, but the settings here know none for this server",
                "good | REQUIRETLS | MX | opportunistic | 550 5.7.10 mx0.site.test: encryption with a proven server needed, but neither DNSSEC nor a policy of the domain proves that this is its server",
                "good | REQUIRETLS | MX | verify | 550 5.7.10 mx0.site.test: encryption with a proven server needed, but neither DNSSEC nor a policy of the domain proves that this is its server",
            })
    void becomesOfSuchMail(String server, String offers, String way, String mode, String expected) throws Exception {
        try (ScriptedMx mx = server(server, offers);
                EgressBench bench = bench("postrider.egress.tls.mode = " + mode)) {
            bench.route(DOMAIN, "site.test", way.equals("route"), mx.address());
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);
            Ticket usual = bench.mail();
            Ticket optional = bench.mail(TlsWish.OPTIONAL, SENDER);

            bench.send(strict, usual, optional);

            Map<MessageId, MessageOutcome> outcomes = bench.outcomes(DOMAIN, 3);
            assertThat(kind(outcomes, usual)).isEqualTo(Kind.DELIVERED);
            assertThat(kind(outcomes, optional)).isEqualTo(Kind.DELIVERED);
            MessageOutcome outcome = outcomes.get(strict.id());
            List<String> mails = mails(mx);
            if (expected.equals("delivered")) {
                assertThat(kind(outcomes, strict)).isEqualTo(Kind.DELIVERED);
                assertThat(mails)
                        .hasSize(3)
                        .filteredOn(mail -> mail.contains("REQUIRETLS"))
                        .hasSize(1);
            } else {
                Result result = outcome.results().getFirst();
                assertThat(result.kind()).isEqualTo(Kind.BOUNCED);
                assertThat(result.reply().toString()).startsWith(expected);
                assertThat(result.report()).isTrue();
                assertThat(outcome.via()).isEmpty();
                assertThat(mails).hasSize(2).noneMatch(mail -> mail.contains("REQUIRETLS"));
            }
            assertThat(mx.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}, TLSA {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "authority | none | DELIVERED",
                "self-signed | none | BOUNCED",
                "self-signed | its key | DELIVERED",
                "authority | unusable | DELIVERED",
                "self-signed | unusable | BOUNCED",
            })
    void aNameInSignedDnsIsCertainAndItsRecordsAreAProof(String certificate, String records, Kind expected)
            throws Exception {
        TestCertificates.Made shown = certificate.equals("authority")
                ? certificates.make("EC", "mx0.site.test")
                : TestCertificates.selfSigned("mx0.site.test");
        byte[] key = shown.certificate().getPublicKey().getEncoded();
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        List<Tlsa> tlsa =
                switch (records) {
                    case "its key" -> List.of(new Tlsa(3, 1, 1, digest));
                    case "unusable" -> List.of(new Tlsa(1, 1, 1, digest));
                    default -> List.of();
                };
        Dnssec signed = new Dnssec.Secure(tlsa, tlsa.isEmpty() ? List.of() : List.of("mx0.site.test"));
        try (ScriptedMx mx = with(ScriptedMx.serving(), shown, "REQUIRETLS");
                EgressBench bench = bench()) {
            Routing.Host host = new Routing.Host("mx0.site.test", List.of(mx.address()), signed, Protection.NONE);
            bench.ways.put(DOMAIN, new Routing.Reachable(new Site("site.test"), List.of(host), false));
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);

            bench.send(strict);

            assertThat(bench.resultOf(strict).kind()).isEqualTo(expected);
            assertThat(mails(mx)).hasSize(expected == Kind.DELIVERED ? 1 : 0);
        }
    }

    @ParameterizedTest(name = "{0} under a policy in mode {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "good | ENFORCE | delivered by mta-sts",
                "good | TESTING | delivered by opportunistic",
                "good | NONE | 550 5.7.10",
                "wrong name | TESTING | 550 5.7.10",
                "self-signed | TESTING | 550 5.7.10",
                "wrong name | ENFORCE | 451 4.7.5",
            })
    void aPolicyMakesTheNamesOfItsServersCertain(String server, Mode mode, String expected) throws Exception {
        try (ScriptedMx mx = server(server, "REQUIRETLS");
                EgressBench bench = bench()) {
            bench.route(DOMAIN, "site.test", false, mx.address());
            bench.policies.put(DOMAIN, new PublishedPolicy(mode, Duration.ofDays(1), List.of("mx0.site.test")));
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);

            bench.send(strict);

            String seen =
                    switch (bench.ends(DOMAIN)) {
                        case FromConnection.AllHostsFailed failed ->
                            failed.reply().toString();
                        case FromConnection.Outcomes outcomes -> {
                            MessageOutcome outcome = outcomes.outcomes().getFirst();
                            yield outcome.via()
                                    .map(via -> "delivered by " + via.tls().policy())
                                    .orElse(outcome.results().getFirst().reply().toString());
                        }
                        case FromConnection other -> other.toString();
                    };
            assertThat(seen).startsWith(expected);
            assertThat(mails(mx)).hasSize(expected.startsWith("delivered") ? 1 : 0);
        }
    }

    @Test
    void anAddressInARouteIsNoName() throws Exception {
        try (ScriptedMx mx = server("good", "REQUIRETLS");
                EgressBench bench = bench()) {
            Routing.Host host = new Routing.Host("127.0.0.1", List.of(mx.address()));
            bench.ways.put(DOMAIN, new Routing.Reachable(new Site("127.0.0.1"), List.of(host), true));
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);

            bench.send(strict);

            assertThat(bench.resultOf(strict).reply().toString())
                    .startsWith(
                            "550 5.7.10 127.0.0.1: encryption with a proven server needed, but its certificate is for"
                                    + " mx0.site.test and not for 127.0.0.1");
            assertThat(mails(mx)).isEmpty();
        }
    }

    @Test
    void doesNotGoToAnotherServerOfTheSiteThatIsNoneOfItsDomain() throws Exception {
        Domain other = Domain.of("example.net");
        try (ScriptedMx theirs = server("good", "PIPELINING,REQUIRETLS");
                ScriptedMx ours = server("for the third", "PIPELINING,REQUIRETLS");
                EgressBench bench = bench()) {
            bench.route(other, "site.test", theirs);
            Routing.Host host = new Routing.Host("mx2.site.test", List.of(ours.address()));
            bench.ways.put(DOMAIN, new Routing.Reachable(new Site("site.test"), List.of(host), true));
            bench.send(other, 1, bench.mails(other, 1));
            bench.outcomes(other, 1);
            bench.hears(other, QueueStandIn.Stopped.class);
            Ticket usual = bench.mail();
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);

            bench.send(usual, strict);

            Map<MessageId, MessageOutcome> outcomes = bench.outcomes(DOMAIN, 2);
            assertThat(outcomes.get(strict.id()).via().orElseThrow().mx()).isEqualTo("mx2.site.test");
            // The idle connection is as good as any for mail that asks for nothing, so the test is of something.
            assertThat(outcomes.get(usual.id()).via().orElseThrow().mx()).isEqualTo("mx0.site.test");
        }
    }

    @Test
    void getsItsTurnThoughOtherMailNeverEnds() throws Exception {
        try (ScriptedMx first = server("good", "PIPELINING,8BITMIME");
                ScriptedMx second = server("for the second", "PIPELINING,REQUIRETLS");
                EgressBench bench = bench("postrider.egress.window = 10")) {
            bench.route(first, second);
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);
            List<Ticket> all = new ArrayList<>(List.of(strict));
            all.addAll(bench.mails(DOMAIN, 500));

            bench.send(DOMAIN, 1, all);

            int before = 0;
            while (true) {
                List<MessageOutcome> some =
                        bench.hears(FromConnection.Outcomes.class).outcomes();
                if (some.stream().anyMatch(outcome -> outcome.id().equals(strict.id()))) {
                    break;
                }
                before += some.size();
            }
            assertThat(before).isLessThan(100);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "20"})
    void goesToTheServerThatMayHaveItWhileOtherMailKeepsToTheOrder(int connections) throws Exception {
        try (ScriptedMx first = server("good", "PIPELINING,8BITMIME");
                ScriptedMx second = server("self-signed", "PIPELINING,REQUIRETLS");
                ScriptedMx third = server("for the third", "PIPELINING,REQUIRETLS");
                EgressBench bench = bench("postrider.egress.per-site.default.connections = " + connections)) {
            bench.route(first, second, third);
            List<Ticket> strict = new ArrayList<>();
            List<Ticket> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(bench.mail());
                if (i % 4 == 0) {
                    strict.add(bench.mail(TlsWish.REQUIRED, SENDER));
                    all.add(strict.getLast());
                }
            }

            bench.send(DOMAIN, 1, all);

            Map<MessageId, MessageOutcome> outcomes = bench.outcomes(DOMAIN, all.size());
            for (Ticket ticket : all) {
                assertThat(kind(outcomes, ticket)).isEqualTo(Kind.DELIVERED);
                assertThat(outcomes.get(ticket.id()).via().orElseThrow().mx())
                        .isEqualTo(strict.contains(ticket) ? "mx2.site.test" : "mx0.site.test");
            }
            assertThat(mails(first)).hasSize(40);
            assertThat(mails(second)).isEmpty();
            assertThat(mails(third)).hasSize(10).allMatch(mail -> mail.contains("REQUIRETLS"));
        }
    }

    @Test
    void waitsForAServerThatMayHaveItAndCannotBeReachedNow() throws Exception {
        try (ScriptedMx first = server("good", "PIPELINING");
                EgressBench bench = bench()) {
            bench.route(DOMAIN, "site.test", true, first.address(), nobody());
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);
            Ticket usual = bench.mail();

            bench.send(strict, usual);

            Map<MessageId, MessageOutcome> outcomes = bench.outcomes(DOMAIN, 2);
            assertThat(kind(outcomes, usual)).isEqualTo(Kind.DELIVERED);
            assertThat(kind(outcomes, strict)).isEqualTo(Kind.DEFERRED);
            assertThat(mails(first)).hasSize(1);
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "good | REQUIRETLS | MAIL FROM:<> REQUIRETLS",
                "good | HELP | MAIL FROM:<>",
                "self-signed | REQUIRETLS | MAIL FROM:<>"
            })
    void aReportAsksForItAndGoesAllTheSame(String server, String offers, String expected) throws Exception {
        try (ScriptedMx mx = server(server, offers);
                EgressBench bench = bench()) {
            bench.route(mx);
            Ticket report = bench.mail(TlsWish.REQUIRED, "");

            bench.send(report);

            assertThat(bench.resultOf(report).kind()).isEqualTo(Kind.DELIVERED);
            assertThat(mails(mx)).containsExactly(expected);
        }
    }

    @Test
    void doesNotWaitForEverWhereANewWayLeadsToNoServerThatMayHaveIt() throws Exception {
        try (ScriptedMx first = server("good", "PIPELINING,8BITMIME");
                ScriptedMx second = server("for the second", "PIPELINING,REQUIRETLS");
                EgressBench bench = bench("postrider.egress.linger = 1h")) {
            bench.route(first, second);
            bench.send(bench.mail());
            bench.outcomes(DOMAIN, 1);
            // The names of its servers are certain no longer.
            bench.route(DOMAIN, "site.test", false, first.address(), second.address());
            bench.pass(Duration.ofSeconds(61));
            Ticket strict = bench.mail(TlsWish.REQUIRED, SENDER);

            bench.supply(strict);

            assertThat(bench.resultOf(strict).reply().toString()).startsWith("550 5.7.10");
        }
    }

    private static EgressBench bench(String... more) {
        List<String> settings = new ArrayList<>(List.of(more));
        settings.add("postrider.egress.tls.ca-file = \"" + authority + "\"");
        return new EgressBench(settings.toArray(String[]::new));
    }

    private static ScriptedMx server(String kind, String offers) {
        ScriptedMx mx = ScriptedMx.serving();
        return switch (kind) {
            case "plain" -> mx.offering(offers);
            case "good" -> with(mx, certificates.make("EC", "mx0.site.test"), offers);
            case "for the second" -> with(mx, certificates.make("EC", "mx1.site.test"), offers);
            case "for the third" -> with(mx, certificates.make("EC", "mx2.site.test"), offers);
            case "expired" -> with(mx, certificates.make("EC", Duration.ofDays(-1), "mx0.site.test"), offers);
            case "self-signed" -> with(mx, TestCertificates.selfSigned("mx0.site.test"), offers);
            case "wrong name" -> with(mx, certificates.make("EC", "other.test"), offers);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static ScriptedMx with(ScriptedMx mx, TestCertificates.Made certificate, String offers) {
        return mx.encrypting(certificates.server(certificate)).offeringUnderTls(offers);
    }

    private static InetSocketAddress nobody() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(closed.getInetAddress(), closed.getLocalPort());
        }
    }

    private static List<String> mails(ScriptedMx mx) {
        return mx.commands().stream()
                .filter(command -> command.startsWith("MAIL"))
                .toList();
    }

    private static Kind kind(Map<MessageId, MessageOutcome> outcomes, Ticket ticket) {
        return outcomes.get(ticket.id()).results().getFirst().kind();
    }
}
