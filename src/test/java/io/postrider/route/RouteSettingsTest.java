package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteSettingsTest {

    @Test
    void theDefaultsAreTheseAndNoOthers() {
        RouteSettings settings = settings("");

        assertThat(settings)
                .isEqualTo(new RouteSettings(
                        List.of(),
                        25,
                        IpFamily.PREFER_V4,
                        Cidr.parseAll(List.of(
                                "0.0.0.0/8",
                                "127.0.0.0/8",
                                "169.254.0.0/16",
                                "10.0.0.0/8",
                                "172.16.0.0/12",
                                "192.168.0.0/16",
                                "224.0.0.0/4",
                                "::/128",
                                "::1",
                                "fe80::/10",
                                "fc00::/7",
                                "ff00::/8")),
                        "relay.example.com",
                        List.of(),
                        new DnsSettings(
                                List.of(),
                                "/etc/hosts",
                                Duration.ofSeconds(3),
                                3,
                                2,
                                500,
                                20_000,
                                50_000,
                                Duration.ofSeconds(5),
                                Duration.ofDays(1),
                                Duration.ofMinutes(15),
                                20,
                                10),
                        new DaneSettings(DaneSettings.Dnssec.OFF, Optional.empty(), 5000)));
    }

    @Test
    void everyKeyThatIsSetArrives(@TempDir Path directory) throws Exception {
        Path anchors = Files.writeString(directory.resolve("anchors"), ". IN DS 1 8 2 " + "5A".repeat(32) + "\n");
        RouteSettings settings = settings(
                """
                postrider {
                  node.hostname = "relay.example.net"
                  smtp.listeners = [{ bind = "192.0.2.1:26" }, { bind = "192.0.2.2:27" }, { bind = "[::]:26" }]
                  egress { port = 26, ip-family = v6, prohibited-addresses = ["192.0.2.0/24"], routes { "A.Example" = "B.example" } }
                  dns {
                    servers = ["127.0.0.1:5353", "2001:db8::53"], hosts-file = "", timeout = 1 s, attempts = 4, threads = 5
                    max-queries = 6, max-waiting = 7, cache-size = 8, shortest-ttl = 9 s, longest-ttl = 10 s
                    longest-negative-ttl = 11 s, max-hosts = 12, max-addresses-per-host = 13
                  }
                  egress.dane { dnssec = validate, trust-anchors = "ANCHORS", key-cache-size = 14 }
                }
                """
                        .replace("ANCHORS", anchors.toString()));

        assertThat(settings)
                .isEqualTo(new RouteSettings(
                        List.of(new Route(
                                "a.example",
                                "A.Example",
                                List.of(new Target("b.example", 26, Optional.empty())),
                                Optional.empty())),
                        26,
                        IpFamily.V6,
                        Cidr.parseAll(List.of("192.0.2.0/24")),
                        "relay.example.net",
                        List.of(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("::")),
                        new DnsSettings(
                                List.of(
                                        new InetSocketAddress("127.0.0.1", 5353),
                                        new InetSocketAddress("2001:db8::53", 53)),
                                "",
                                Duration.ofSeconds(1),
                                4,
                                5,
                                6,
                                7,
                                8,
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(11),
                                12,
                                13),
                        new DaneSettings(DaneSettings.Dnssec.VALIDATE, Optional.of(anchors), 14)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "servers = [\"dns.example\"] | postrider.dns.servers: expected",
                "timeout = 0 s | postrider.dns.timeout: expected more than 0",
                "attempts = 0 | postrider.dns.attempts: expected 1 to 10, but got 0",
                "max-queries = 0 | postrider.dns.max-queries: expected",
                "longest-ttl = 1 s | postrider.dns.longest-ttl: expected at least shortest-ttl",
                "max-hosts = 0 | postrider.dns.max-hosts: expected",
            })
    void namesTheKeyThatIsOutOfRange(String line, String message) {
        assertThatThrownBy(() -> settings("postrider.dns { " + line + " }"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dnssec = on | dnssec: expected off, resolver or validate, but got on",
                "key-cache-size = 0 | key-cache-size: expected 1 to 1000000, but got 0",
                "dnssec = validate, trust-anchors = MISSING | trust-anchors: expected a file that can be read, but got",
                "dnssec = validate, trust-anchors = NONSENSE | trust-anchors: expected DS or DNSKEY records as in a zone file in",
                "dnssec = validate, trust-anchors = EMPTY | trust-anchors: expected DS or DNSKEY records in",
            })
    void namesTheKeyOfDaneThatIsOfNoUse(String line, String message, @TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("NONSENSE"), ". IN DS one two three\n");
        Files.writeString(directory.resolve("EMPTY"), "; nothing\n");
        String section = line.replaceAll("(MISSING|NONSENSE|EMPTY)", '"' + directory.toString() + "/$1\"");

        assertThatThrownBy(() -> settings("postrider.egress.dane { " + section + " }"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("postrider.egress.dane." + message);
    }

    @Test
    void theKeysOfTheRootZoneAreThere() throws Exception {
        assertThat(TrustAnchors.read(Optional.empty()))
                .asString(StandardCharsets.US_ASCII)
                .contains(" 20326 ", " 38696 ");
    }

    private static RouteSettings settings(String text) {
        return RouteSettings.from(ConfigFactory.parseString(text)
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider"));
    }
}
