package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfiguredRoutesTest {

    private static final String ROUTES =
            """
            postrider.egress.routes {
              "example.com" = "127.0.0.1:2526"
              "*.corp.example" = { hosts = ["192.0.2.1:587", "[2001:db8::1]:588"], tls = none }
              "*.deep.corp.example" = "192.0.2.3"
              "*" = "[::1]:2500"
            }
            """;

    @ParameterizedTest
    @CsvSource({
        "example.com, 127.0.0.1:2526",
        "other.example, [::1]:2500",
        "a.corp.example, '192.0.2.1:587,[2001:db8::1]:588'",
        "a.b.corp.example, '192.0.2.1:587,[2001:db8::1]:588'",
        "corp.example, [::1]:2500",
        "x.deep.corp.example, 192.0.2.3:25",
        "[192.0.2.9], [::1]:2500",
    })
    void theMostSpecificRouteWins(String domain, String site) {
        assertThat(reached(domain).site().name()).isEqualTo(site);
    }

    @Test
    void keepsTheOrderOfTheTargets() {
        Routing.Reachable reached = reached("a.corp.example");

        assertThat(reached.explicit()).isTrue();
        assertThat(reached.hosts())
                .containsExactly(
                        new Routing.Host("192.0.2.1", List.of(new InetSocketAddress("192.0.2.1", 587))),
                        new Routing.Host("2001:db8::1", List.of(new InetSocketAddress("2001:db8::1", 588))));
    }

    @Test
    void aRouteToAnAddressIsTheSameObjectEachTime() {
        try (DnsRouter router = router(ROUTES)) {
            CompletionStage<Routing> first = router.route(Domain.of("example.com"));

            assertThat(router.route(Domain.of("example.com")) == first).isTrue();
            assertThat(first.toCompletableFuture()).isCompleted();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "routes.\"a.example\" = \"b:0\" | postrider.egress.routes.\"a.example\": expected",
                "routes.\"a.example\" = \"b:70000\" | got 'b:70000'",
                "routes.\"a.example\" = \"b:\" | got 'b:'",
                "routes.\"a.example\" = \"\" | got ''",
                "routes.\"a.example\" = \"192.0.2.300:25\" | got '192.0.2.300:25'",
                "routes.a.example = \"b:25\" | write the domain in quotes",
                "routes.\"a*b.example\" = \"b:25\" | expected a domain, \"*.domain\" or \"*\"",
                "routes.\"a.example\" = { hosts = [] } | routes.\"a.example\".hosts: expected at least one host",
                "routes.\"a.example\" = { hosts = [\"b\"], tls { moode = required } } | routes.\"a.example\".tls.moode: expected a key",
                "routes.\"a.example\" = { hosts = [\"b\"], user = u } | routes.\"a.example\".password-file: expected both",
                "routes.\"a.example\" = { hosts = [\"b\"], hots = 1 } | routes.\"a.example\".hots: expected",
                "port = 0 | postrider.egress.port: expected 1 to 65535, but got 0",
                "ip-family = v5 | postrider.egress.ip-family: expected",
                "prohibited-addresses = [\"10.0.0.0/40\"] | postrider.egress.prohibited-addresses: expected",
            })
    void namesTheKeyOfWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> settings("postrider.egress { " + line + " }"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static Routing.Reachable reached(String domain) {
        try (DnsRouter router = router(ROUTES)) {
            return (Routing.Reachable)
                    router.route(Domain.of(domain)).toCompletableFuture().join();
        }
    }

    private static DnsRouter router(String text) {
        return DnsRouter.create(settings(text), InstantSource.system());
    }

    private static RouteSettings settings(String text) {
        Config config = ConfigFactory.parseString(text)
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve();
        return RouteSettings.from(config.getConfig("postrider"));
    }
}
