package io.postrider.egress;

import static io.postrider.egress.EgressBench.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import io.postrider.mail.TlsWish;
import io.postrider.route.Dnssec;
import io.postrider.route.Routing;
import io.postrider.route.Site;
import io.postrider.sts.PublishedPolicy;
import io.postrider.sts.PublishedPolicy.Mode;
import io.postrider.tls.Protection;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.Tlsa;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code TLS-Required: No} (RFC 8689 §4.2.2): what a domain publishes about TLS holds no such mail up. */
class OptionalTlsTest {

    private static final String HOST = "mx0.site.test";
    private static final String SENDER = "sender@example.org";

    @ParameterizedTest(name = "{0} under {1}, {2}: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | a policy | opportunistic | plain",
                "plain | a policy for another host | opportunistic | plain",
                "plain | TLSA | opportunistic | plain",
                "plain | bogus DNSSEC | opportunistic | plain",
                "self-signed | a policy | opportunistic | TLSv1.3 opportunistic",
                "self-signed | TLSA | opportunistic | TLSv1.3 opportunistic",
                "self-signed | bogus DNSSEC | opportunistic | TLSv1.3 opportunistic",
                // What the operator asks for is not a policy of the recipient's side.
                "self-signed | a policy | required | TLSv1.3 required",
                "plain | a policy | required | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                "plain | TLSA | required | 451 4.7.5 TLS is required here, but the server does not offer STARTTLS",
                "self-signed | nothing | verify | 451 4.7.5 the server is not whom it must be: its certificate is not trusted",
            })
    void becomesOfSuchMail(String server, String published, String mode, String expected) throws Exception {
        try (ScriptedMx mx = server(server);
                EgressBench bench = new EgressBench("postrider.egress.tls.mode = " + mode).forMailWithOptionalTls()) {
            publish(bench, published, mx);
            Ticket ticket = bench.mail(TlsWish.OPTIONAL, SENDER);

            bench.send(ticket);

            MessageOutcome outcome = bench.outcomes(DOMAIN, 1).get(ticket.id());
            Reply reply = outcome.results().getFirst().reply();
            if (expected.startsWith("451")) {
                assertThat(outcome.results().getFirst().kind()).isEqualTo(Kind.DEFERRED);
                assertThat(reply.toString()).startsWith(expected);
                assertThat(mx.commands()).noneMatch(command -> command.startsWith("MAIL"));
                return;
            }
            Via.Tls tls = outcome.via().orElseThrow().tls();
            assertThat(tls.equals(Via.Tls.NONE) ? "plain" : tls.version() + " " + tls.policy())
                    .isEqualTo(expected);
            assertThat(mx.take().recipients()).containsExactly("someone@example.com");
        }
    }

    @Test
    void isDeferredMessageByMessageWhereNoServerAnswersAndTheConnectionEnds() throws Exception {
        try (ScriptedMx mx = ScriptedMx.playing(new ScriptedMx.Step.Say("421 4.3.2 not now"));
                EgressBench bench = new EgressBench("postrider.egress.linger = 1h").forMailWithOptionalTls()) {
            bench.route(mx);
            Ticket first = bench.mail(TlsWish.OPTIONAL, SENDER);
            Ticket second = bench.mail(TlsWish.OPTIONAL, SENDER);

            bench.send(first, second);

            Map<MessageId, MessageOutcome> outcomes = bench.outcomes(DOMAIN, 2);
            assertThat(outcomes.values()).allSatisfy(outcome -> {
                assertThat(outcome.results().getFirst().kind()).isEqualTo(Kind.DEFERRED);
                assertThat(outcome.results().getFirst().reply().toString()).contains("not now");
                assertThat(outcome.via()).isEmpty();
            });
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    @Test
    void isDeferredWhereNoWayIsFound() {
        try (EgressBench bench = new EgressBench().forMailWithOptionalTls()) {
            Ticket ticket = bench.mail(TlsWish.OPTIONAL, SENDER);

            bench.send(ticket);

            assertThat(bench.resultOf(ticket).kind()).isEqualTo(Kind.DEFERRED);
            bench.hears(QueueStandIn.Stopped.class);
        }
    }

    private static void publish(EgressBench bench, String published, ScriptedMx mx) {
        Dnssec dnssec =
                switch (published) {
                    case "TLSA" -> new Dnssec.Secure(List.of(new Tlsa(3, 1, 1, "00".repeat(32))), List.of(HOST));
                    case "bogus DNSSEC" -> new Dnssec.Bogus("a signature is wrong");
                    default -> Dnssec.Insecure.DNS;
                };
        Routing.Host host = new Routing.Host(HOST, List.of(mx.address()), dnssec, Protection.NONE);
        bench.ways.put(DOMAIN, new Routing.Reachable(new Site("site.test"), List.of(host), false));
        if (published.startsWith("a policy")) {
            String named = published.equals("a policy") ? HOST : "mx.elsewhere.test";
            bench.policies.put(DOMAIN, new PublishedPolicy(Mode.ENFORCE, Duration.ofDays(1), List.of(named)));
        }
    }

    private static ScriptedMx server(String kind) {
        ScriptedMx mx = ScriptedMx.serving();
        return kind.equals("plain")
                ? mx
                : mx.encrypting(new TestCertificates().server(TestCertificates.selfSigned(HOST)));
    }
}
