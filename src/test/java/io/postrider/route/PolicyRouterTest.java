package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import io.postrider.mail.Reply;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.sts.PublishedPolicy;
import io.postrider.sts.PublishedPolicy.Mode;
import io.postrider.tls.ClientTerms;
import io.postrider.tls.Protection;
import io.postrider.tls.Protection.Policy;
import io.postrider.tls.Tlsa;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which servers a domain's policy leaves, and how they are protected (RFC 8461 §5). */
class PolicyRouterTest {

    private static final Domain DOMAIN = Domain.of("example.com");
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 25);

    private final Meters meters = new Meters(new MetricsSettings(10));
    private final List<Domain> asked = new ArrayList<>();
    private boolean explicit;

    private static PublishedPolicy policy(Mode mode, String... mx) {
        return new PublishedPolicy(mode, Duration.ofDays(1), List.of(mx));
    }

    private Routing route(String settings, PublishedPolicy policy, Routing.Host... hosts) {
        return route(DOMAIN, settings, policy, new Routing.Reachable(new Site("site"), List.of(hosts), explicit));
    }

    private Routing route(Domain domain, String settings, PublishedPolicy policy, Routing way) {
        Config config = ConfigFactory.parseString("postrider.egress { " + settings + " }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        TlsRules rules = TlsRules.from(config);
        Router ways = asking -> CompletableFuture.completedFuture(way);
        Router router = new PolicyRouter(
                SecureRouter.withDane(ways, rules),
                rules,
                asking -> {
                    asked.add(asking);
                    return CompletableFuture.completedFuture(Optional.of(policy));
                },
                meters);
        return router.route(domain).toCompletableFuture().join();
    }

    private static Routing.Host host(String name) {
        return new Routing.Host(name, List.of(ADDRESS));
    }

    private static List<Routing.Host> hosts(Routing routing) {
        assertThat(routing).isInstanceOf(Routing.Reachable.class);
        return ((Routing.Reachable) routing).hosts();
    }

    private static Stream<String> protections(Routing routing) {
        return hosts(routing).stream()
                .map(host -> host.name() + " " + host.protection().policy().label() + " "
                        + host.protection().names() + (host.protection().authentic() ? " authentic" : ""));
    }

    @ParameterizedTest(name = "{0} under {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "opportunistic | ENFORCE | a.mx.test mta-sts [a.mx.test] authentic",
                "required | ENFORCE | a.mx.test mta-sts [a.mx.test] authentic",
                "opportunistic | TESTING | a.mx.test opportunistic [a.mx.test] authentic, b.other.test opportunistic []",
                "required | TESTING | a.mx.test required [a.mx.test] authentic, b.other.test required []",
                "opportunistic | NONE | a.mx.test opportunistic [], b.other.test opportunistic []",
                "required | NONE | a.mx.test required [], b.other.test required []",
            })
    void aPolicyRaisesWhatTheOperatorAsksFor(String tls, Mode mode, String expected) {
        Routing routing =
                route("tls.mode = " + tls, policy(mode, "*.mx.test"), host("a.mx.test"), host("b.other.test"));

        assertThat(protections(routing).toList()).containsExactly(expected.split(", (?=[ab])"));
        assertThat(meters.expose())
                .satisfies(text -> assertThat(text.contains("testing_failures_total{reason=\"mx\"} 1.0"))
                        .isEqualTo(mode == Mode.TESTING));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls.mode = none | none",
                "tls.mode = verify | verify",
                "per-domain.\"example.com\".tls.mode = none | none",
                "per-domain.\"example.com\".tls.mode = verify | verify",
            })
    void whatTheOperatorFixesComesFirst(String settings, String expected) {
        Routing routing = route(settings, policy(Mode.ENFORCE, "other.test"), host("a.mx.test"));

        assertThat(hosts(routing)).singleElement().satisfies(host -> assertThat(
                        host.protection().policy().label())
                .isEqualTo(expected));
        assertThat(asked).isEmpty();
    }

    @Test
    void nobodyIsAskedAboutADomainWithARoute() {
        explicit = true;

        assertThat(protections(route("", policy(Mode.ENFORCE, "other.test"), host("smarthost.test"))))
                .containsExactly("smarthost.test opportunistic [] authentic");
        assertThat(asked).isEmpty();
    }

    @Test
    void nobodyIsAskedAboutALiteralNorWhereThereIsNoWay() {
        Routing unreachable = new Routing.Unreachable(Reply.of(550, "5.1.2", "no such domain"));
        Routing literal = new Routing.Reachable(new Site("[192.0.2.1]"), List.of(host("[192.0.2.1]")), false);

        assertThat(route(DOMAIN, "", policy(Mode.ENFORCE, "other.test"), unreachable))
                .isEqualTo(unreachable);
        assertThat(hosts(route(Domain.of("[192.0.2.1]"), "", policy(Mode.ENFORCE, "other.test"), literal)))
                .hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void mailWaitsWithWordsWhenNoServerIsAllowed() {
        Routing routing = route("", policy(Mode.ENFORCE, "mx.example.com"), host("a.mx.test"), host("b.mx.test"));

        assertThat(routing)
                .isEqualTo(new Routing.Unresolved(Reply.of(
                        451,
                        "4.7.5",
                        "the MTA-STS policy of example.com allows none of its mail servers (a.mx.test, b.mx.test),"
                                + " only mx.example.com")));
    }

    @Test
    void wordsOfStrangersAreCut() {
        String[] many = Stream.iterate(0, i -> i + 1)
                .limit(1000)
                .map(i -> "mx" + i + ".example.com")
                .toArray(String[]::new);

        Routing routing = route("", policy(Mode.ENFORCE, many), host("a.mx.test"));

        assertThat(((Routing.Unresolved) routing).reply().text()).hasSizeLessThan(450);
    }

    @Test
    void daneComesBeforeAPolicy() {
        Protection dane = new Protection(
                Policy.DANE,
                ClientTerms.USUAL,
                List.of("a.mx.test"),
                List.of(new Tlsa(3, 1, 1, "00")),
                true,
                Optional.empty());
        UnderPolicy underPolicy = new UnderPolicy(meters);
        Routing.Host byDane = host("a.mx.test").with(dane);
        Routing.Reachable way =
                new Routing.Reachable(new Site("site"), List.of(byDane, host("b.mx.test"), host("c.mx.test")), false);

        Routing enforced = underPolicy.apply(DOMAIN, policy(Mode.ENFORCE, "b.mx.test"), way);

        assertThat(protections(enforced))
                .containsExactly("a.mx.test dane [a.mx.test] authentic", "b.mx.test mta-sts [b.mx.test] authentic");
        assertThat(hosts(underPolicy.apply(DOMAIN, policy(Mode.TESTING, "c.mx.test"), way)))
                .contains(byDane);
    }
}
