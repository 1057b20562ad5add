package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.postrider.egress.EgressSettings.PipelineNext;
import io.postrider.egress.EgressSettings.Share;
import io.postrider.retry.Rate;
import io.postrider.route.Routing.Host;
import io.postrider.route.Site;
import io.postrider.smtp.ClientTimeouts;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressSettingsTest {

    @Test
    void theDefaultsAreExactlyThese() {
        SiteLimits limits = new SiteLimits(10, 100, Rate.UNLIMITED);

        assertThat(settings(""))
                .isEqualTo(new EgressSettings(
                        Map.of(
                                "default",
                                new Source("default", Optional.empty(), Optional.empty(), "relay.example.com")),
                        Map.of("default", List.of(new Share("default", 1))),
                        new SiteLimits.Table(limits, Map.of()),
                        16,
                        PipelineNext.ROUTES,
                        Duration.ofSeconds(30),
                        20,
                        Duration.ofMinutes(1),
                        10_000,
                        Duration.ofHours(1),
                        10_000,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(10),
                        1000,
                        50,
                        200_000,
                        10_000,
                        10,
                        new ClientTimeouts(
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(2),
                                Duration.ofMinutes(3),
                                Duration.ofMinutes(10),
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(5))));
    }

    @Test
    void everyKeyArrives() throws Exception {
        EgressSettings settings = settings(
                """
                sources.b { bind-v4 = "192.0.2.1", bind-v6 = "2001:db8::1", ehlo = "b.example" }
                pools.bulk = [ { source = b, weight = 7 } ]
                per-site.default { connections = 2, messages-per-connection = 3, rate = "100/minute", burst = 4 }
                window = 17, pipeline-next-envelope = always, connect-timeout = 31s, max-addresses-tried = 21
                failed-host-memory = 61s, max-failed-hosts = 11, plain-host-memory = 62s, max-plain-hosts = 15, linger = 101ms, idle-timeout = 12s, max-idle = 13
                messages-per-turn = 51, max-waiting = 201, max-quiet-sites = 14, recent-replies = 9
                timeouts { greeting = 1s, ehlo = 2s, tls = 10s, mail = 3s, rcpt = 4s, data = 5s, data-block = 6s, final-dot = 7s
                  rset = 8s, quit = 9s }
                """);

        assertThat(settings.sources().get("b"))
                .isEqualTo(new Source(
                        "b",
                        Optional.of(InetAddress.getByName("192.0.2.1")),
                        Optional.of(InetAddress.getByName("2001:db8::1")),
                        "b.example"));
        assertThat(settings.pool("bulk")).containsExactly(new Share("b", 7));
        assertThat(settings.pool("gone")).isEqualTo(settings.pool("default"));
        assertThat(settings.perSite().byDefault())
                .isEqualTo(new SiteLimits(2, 3, Rate.parse("100/minute", Optional.of(4))));
        assertThat(settings.window()).isEqualTo(17);
        assertThat(settings.pipelineNext()).isEqualTo(PipelineNext.ALWAYS);
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(31));
        assertThat(settings.maxAddressesTried()).isEqualTo(21);
        assertThat(settings.failedHostMemory()).isEqualTo(Duration.ofSeconds(61));
        assertThat(settings.maxFailedHosts()).isEqualTo(11);
        assertThat(settings.plainHostMemory()).isEqualTo(Duration.ofSeconds(62));
        assertThat(settings.maxPlainHosts()).isEqualTo(15);
        assertThat(settings.linger()).isEqualTo(Duration.ofMillis(101));
        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(12));
        assertThat(settings.maxIdle()).isEqualTo(13);
        assertThat(settings.messagesPerTurn()).isEqualTo(51);
        assertThat(settings.maxWaiting()).isEqualTo(201);
        assertThat(settings.maxQuietSites()).isEqualTo(14);
        assertThat(settings.recentReplies()).isEqualTo(9);
        assertThat(settings.timeouts())
                .isEqualTo(new ClientTimeouts(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "window = 0 | postrider.egress.window",
                "window = 1001 | postrider.egress.window",
                "pipeline-next-envelope = perhaps | postrider.egress.pipeline-next-envelope",
                "idle-timeout = 0s | postrider.egress.idle-timeout",
                "timeouts.mail = 0s | postrider.egress.timeouts.mail",
                "per-site.default.connections = 0 | postrider.egress.per-site.default",
                "per-site.default.rate = fast | postrider.egress.per-site.default",
                "per-site.x.connections = 0 | postrider.egress.per-site.\"x\"",
                "pools.default = [ { source = nowhere } ] | postrider.egress.pools",
                "pools.default = [] | postrider.egress.pools.default",
                "sources.default.bind-v4 = example.com | postrider.egress.sources.default.bind-v4",
                "sources.default.bind-v4 = \"::1\" | postrider.egress.sources.default.bind-v4",
            })
    void anErrorNamesItsKey(String wrong, String key) {
        assertThatThrownBy(() -> settings(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key);
    }

    @Test
    void theLongestSuffixOfSiteOrHostWins() {
        SiteLimits.Table table = settings(
                        """
                        per-site { "google.com".connections = 5, "l.google.com".connections = 6, "127.0.0.1:2526".connections = 7 }
                        """)
                .perSite();

        assertThat(connections(table, "(alt1|alt2).aspmx.l.google.com", "alt1.aspmx.l.google.com"))
                .isEqualTo(6);
        assertThat(connections(table, "mx.google.com", "mx.google.com")).isEqualTo(5);
        assertThat(connections(table, "(a.example|mx.google.com)", "mx.google.com"))
                .isEqualTo(5);
        assertThat(connections(table, "notgoogle.com", "notgoogle.com")).isEqualTo(10);
        assertThat(connections(table, "127.0.0.1:2526", "127.0.0.1:2526")).isEqualTo(7);
    }

    private static int connections(SiteLimits.Table table, String site, String host) {
        return table.of(new Site(site), List.of(new Host(host, List.of()))).connections();
    }

    private static EgressSettings settings(String egress) {
        return EgressSettings.from(ConfigFactory.parseString("postrider.egress {\n" + egress + "\n}")
                .withFallback(ConfigFactory.defaultReference())
                .getConfig("postrider"));
    }
}
