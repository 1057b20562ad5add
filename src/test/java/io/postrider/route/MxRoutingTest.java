package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MxRoutingTest {

    private static final String PUBLIC = "postrider.egress.prohibited-addresses = [\"10.0.0.0/8\"]\n";

    private final ScriptedDns dns = ScriptedDns.start();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private DnsRouter router = router("");

    @AfterEach
    void stop() throws IOException {
        router.close();
        dns.close();
    }

    @Test
    void triesTheHostsInTheOrderOfTheirPreference() {
        dns.with(
                """
                example.com. 300 MX 30 c.example.com.
                example.com. 300 MX 10 a.example.com.
                example.com. 300 MX 20 b.example.com.
                a.example.com. 300 A 192.0.2.1
                b.example.com. 300 A 192.0.2.2
                c.example.com. 300 A 192.0.2.3
                """);

        Routing.Reachable reached = reached("example.com");

        assertThat(reached.hosts())
                .extracting(Routing.Host::name)
                .containsExactly("a.example.com", "b.example.com", "c.example.com");
        assertThat(reached.hosts().get(0).addresses())
                .extracting(Object::toString)
                .containsExactly("/192.0.2.1:2525");
        assertThat(reached.site().name()).isEqualTo("(a|b|c).example.com");
        assertThat(reached.explicit()).isFalse();
    }

    @Test
    void shufflesEqualHostsAnewForEveryCallButNotTheSite() {
        dns.with(
                """
                example.com. 300 MX 10 a.example.com.
                example.com. 300 MX 10 b.example.com.
                example.com. 300 MX 20 last.example.com.
                a.example.com. 300 A 192.0.2.1
                b.example.com. 300 A 192.0.2.2
                last.example.com. 300 A 192.0.2.3
                """);

        Set<String> firsts = new HashSet<>();
        Set<String> lasts = new HashSet<>();
        Set<Site> sites = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Routing.Reachable reached = reached("example.com");
            firsts.add(reached.hosts().get(0).name());
            lasts.add(reached.hosts().get(2).name());
            sites.add(reached.site());
        }

        assertThat(firsts).containsExactlyInAnyOrder("a.example.com", "b.example.com");
        assertThat(lasts).containsExactly("last.example.com");
        assertThat(sites).hasSize(1);
    }

    @Test
    void aDomainWithoutMxIsItsOwnMailServer() {
        dns.with("example.com. 300 A 192.0.2.1");

        assertThat(reached("example.com").hosts())
                .extracting(Routing.Host::name)
                .containsExactly("example.com");
        assertThat(reached("example.com").site().name()).isEqualTo("example.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null MX | example.com. 300 MX 0 . | 556 5.1.10",
                "no such name | other.example. 300 A 192.0.2.1 | 550 5.1.2",
                "alias to nowhere | example.com. 300 CNAME gone.example. | 550 5.1.2",
                "MX on our own network | example.com. 300 MX 1 in.example. ; in.example. 300 A 10.0.0.1 | 550 5.4.4",
                "we are the only MX | example.com. 300 MX 1 Relay.Example.com. ; relay.example.com. 300 A 192.0.2.1 | 554 5.4.6",
                "we are the best MX | example.com. 300 MX 1 relay.example.com. ; example.com. 300 MX 1 b.example. ; relay.example.com. 300 A 192.0.2.1 ; b.example. 300 A 192.0.2.2 | 554 5.4.6",
                "MX at our own address | example.com. 300 MX 1 b.example. ; b.example. 300 A 192.0.2.77 | 554 5.4.6",
            })
    void saysForGoodThatThereIsNoWay(String what, String records, String reply) {
        records.lines().flatMap(line -> List.of(line.split(" ; ")).stream()).forEach(dns::with);

        Routing routing = routing("example.com");

        assertThat(routing).isInstanceOf(Routing.Unreachable.class);
        assertThat(((Routing.Unreachable) routing).reply().toString()).startsWith(reply);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no MX host has an address | example.com. 300 MX 1 a.example. ; a.example. 300 TXT x | 451 4.4.4",
                "no MX host exists | example.com. 300 MX 1 a.example. | 451 4.4.4",
                "neither MX nor address | example.com. 300 TXT x | 451 4.4.4",
                "server failure for the host | example.com. 300 MX 1 broken.example. | 451 4.4.3",
                "CNAME loop | example.com. 300 CNAME b.example. ; b.example. 300 CNAME example.com. | 451 4.4.3",
            })
    void saysForNowThatThereIsNoWay(String what, String records, String reply) {
        dns.failing("broken.example");
        records.lines().flatMap(line -> List.of(line.split(" ; ")).stream()).forEach(dns::with);

        Routing routing = routing("example.com");

        assertThat(routing).isInstanceOf(Routing.Unresolved.class);
        assertThat(((Routing.Unresolved) routing).reply().toString()).startsWith(reply);
    }

    @Test
    void aBrokenCnameLoopThatLeavesTheResponseEnds() {
        dns.bareAliases().with("example.com. 300 CNAME b.example.").with("b.example. 300 CNAME example.com.");

        assertThat(routing("example.com")).isInstanceOf(Routing.Unresolved.class);
    }

    @Test
    void followsCnamesOfDomainsAndHostsWithinAndAcrossResponses() {
        for (boolean bare : new boolean[] {false, true}) {
            dns.empty()
                    .with(
                            """
                    example.com. 300 CNAME mail.provider.example.
                    mail.provider.example. 300 MX 10 mx.example.com.
                    mx.example.com. 300 CNAME real.provider.example.
                    real.provider.example. 300 A 192.0.2.9
                    """);
            if (bare) {
                dns.bareAliases();
            }
            try (DnsRouter fresh = router("")) {
                Routing.Reachable reached = (Routing.Reachable) fresh.route(Domain.of("example.com"))
                        .toCompletableFuture()
                        .join();

                assertThat(reached.hosts()).hasSize(1);
                assertThat(reached.hosts().get(0).addresses().get(0).toString()).isEqualTo("/192.0.2.9:2525");
            }
        }
    }

    @Test
    void skipsHostsWithoutAddressAndAddressesThatAreProhibited() {
        dns.failing("broken.example")
                .with(
                        """
                        example.com. 300 MX 10 none.example.
                        example.com. 300 MX 15 broken.example.
                        example.com. 300 MX 20 mixed.example.
                        mixed.example. 300 A 10.0.0.1
                        mixed.example. 300 A 192.0.2.2
                        """);

        Routing.Reachable reached = reached("example.com");

        assertThat(reached.hosts()).hasSize(1);
        assertThat(reached.hosts().get(0).addresses())
                .extracting(Object::toString)
                .containsExactly("/192.0.2.2:2525");
        assertThat(reached.site().name()).isEqualTo("(broken|mixed|none).example");
    }

    @Test
    void onlyNearerHostsAreTriedWhereWeAreAnMxOurselves() {
        dns.with(
                """
                example.com. 300 MX 10 near.example.
                example.com. 300 MX 20 relay.example.com.
                example.com. 300 MX 20 equal.example.
                example.com. 300 MX 30 far.example.
                near.example. 300 A 192.0.2.1
                relay.example.com. 300 A 192.0.2.2
                equal.example. 300 A 192.0.2.3
                far.example. 300 A 192.0.2.4
                """);

        assertThat(reached("example.com").hosts())
                .extracting(Routing.Host::name)
                .containsExactly("near.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prefer-v4 | /192.0.2.1:2525 /[2001:db8:0:0:0:0:0:1]:2525",
                "prefer-v6 | /[2001:db8:0:0:0:0:0:1]:2525 /192.0.2.1:2525",
                "v4 | /192.0.2.1:2525",
                "v6 | /[2001:db8:0:0:0:0:0:1]:2525",
            })
    void takesTheAddressesOfTheFamily(String family, String addresses) {
        dns.with("example.com. 300 A 192.0.2.1").with("example.com. 300 AAAA 2001:db8::1");
        again("postrider.egress.ip-family = " + family);

        assertThat(reached("example.com").hosts().get(0).addresses())
                .extracting(Object::toString)
                .containsExactly(addresses.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "[192.0.2.1], /192.0.2.1:2525",
        "[IPv6:2001:db8::1], /[2001:db8:0:0:0:0:0:1]:2525",
    })
    void reachesAnAddressLiteralWithoutTheDns(String literal, String address) {
        assertThat(reached(literal).hosts().get(0).addresses().get(0).toString())
                .isEqualTo(address);
        assertThat(dns.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"[10.1.2.3], 550 5.4.4", "[192.0.2.77], 554 5.4.6", "[tag:what], 550 5.1.2"})
    void refusesSomeAddressLiterals(String literal, String reply) {
        assertThat(((Routing.Unreachable) routing(literal)).reply().toString()).startsWith(reply);
    }

    @Test
    void takesNoRecordThatBelongsToAnotherName() {
        dns.with("example.com. 300 MX 10 mx.example.").with("mx.example. 300 A 192.0.2.1");
        dns.stray("victim.example. 300 MX 1 evil.example.")
                .stray("mx.example.evil. 300 A 192.0.2.66")
                .stray("victim.example. 300 A 192.0.2.66");

        assertThat(reached("example.com").hosts()).hasSize(1);
        assertThat(reached("example.com").hosts().get(0).addresses()).hasSize(1);
        routing("victim.example");
        assertThat(dns.asked()).contains("victim.example MX");
    }

    @Test
    void takesAtMostTheConfiguredNumberOfHosts() {
        for (int i = 10; i < 60; i++) {
            dns.with("example.com. 300 MX " + i + " h" + i + ".example.").with("h" + i + ".example. 300 A 192.0.2.1");
        }
        again("postrider.dns.max-hosts = 3");

        assertThat(reached("example.com").hosts())
                .extracting(Routing.Host::name)
                .containsExactly("h10.example", "h11.example", "h12.example");
    }

    @Test
    void asksTheNextServerOrOnceMoreWhenOneFailsOrIsSilent() {
        dns.with("example.com. 300 A 192.0.2.1").failing("example.com", 1).silent("example.com", 1);

        assertThat(routing("example.com")).isInstanceOf(Routing.Reachable.class);
    }

    @Test
    void isUnresolvedWhenEveryServerIsSilent() {
        dns.silent("example.com");

        assertThat(((Routing.Unresolved) routing("example.com")).reply().toString())
                .startsWith("451 4.4.3");
    }

    @Test
    void readsATruncatedAnswerOverTcp() {
        dns.with("example.com. 300 MX 10 mx.example.")
                .with("mx.example. 300 A 192.0.2.1")
                .truncated("example.com");

        assertThat(routing("example.com")).isInstanceOf(Routing.Reachable.class);
        assertThat(dns.asked()).contains("example.com MX", "example.com MX TCP");
    }

    @Test
    void keepsAnAnswerForItsTimeToLiveAndNoLonger() {
        dns.with("example.com. 300 A 192.0.2.1");
        routing("example.com");
        int before = dns.asked().size();
        dns.empty().with("example.com. 300 A 192.0.2.2");

        now = now.plusSeconds(59);
        assertThat(reached("example.com").hosts().get(0).addresses().get(0).toString())
                .startsWith("/192.0.2.1");
        assertThat(dns.asked()).hasSize(before);

        now = now.plusSeconds(242);
        assertThat(reached("example.com").hosts().get(0).addresses().get(0).toString())
                .startsWith("/192.0.2.2");
    }

    @Test
    void believesADenialAsLongAsItsSoaSays() {
        assertThat(routing("example.com")).isInstanceOf(Routing.Unreachable.class);
        dns.with("example.com. 300 A 192.0.2.1");

        now = now.plusSeconds(59);
        assertThat(routing("example.com")).isInstanceOf(Routing.Unreachable.class);

        now = now.plusSeconds(2);
        assertThat(routing("example.com")).isInstanceOf(Routing.Reachable.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 4, 6", "999999999, 86399, 86401"})
    void keepsTheTimeToLiveWithinItsBounds(long ttl, long still, long over) {
        dns.with("example.com. " + ttl + " MX 1 mx.example.").with("mx.example. " + ttl + " A 192.0.2.1");
        Instant start = now;
        routing("example.com");
        dns.empty();

        now = start.plusSeconds(still);
        assertThat(routing("example.com")).isInstanceOf(Routing.Reachable.class);

        now = start.plusSeconds(over);
        assertThat(routing("example.com")).isInstanceOf(Routing.Unreachable.class);
    }

    @Test
    void asksOnceForWhatManyWantAtTheSameTime() {
        dns.with("example.com. 300 MX 1 mx.example.")
                .with("mx.example. 300 A 192.0.2.1")
                .hold();
        again("postrider.egress.ip-family = v4, postrider.dns.timeout = 1 minute");

        List<CompletableFuture<Routing>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(router.route(Domain.of("example.com")).toCompletableFuture());
        }
        dns.release();

        assertThat(all).allMatch(one -> one.join() instanceof Routing.Reachable);
        assertThat(dns.asked()).containsExactly("example.com MX", "mx.example A");
    }

    @Test
    void turnsLookUpsAwayWhenTooManyWait() {
        dns.hold();
        again("postrider.dns { max-queries = 2, max-waiting = 3, timeout = 1 minute }");

        List<CompletableFuture<Routing>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(router.route(Domain.of("d" + i + ".example")).toCompletableFuture());
        }

        assertThat(all.subList(0, 5)).noneMatch(CompletableFuture::isDone);
        assertThat(((Routing.Unresolved) all.get(5).join()).reply().text()).contains("too many look-ups");
        dns.release();
        assertThat(all.subList(0, 5)).allMatch(one -> one.join() instanceof Routing.Unreachable);
    }

    @Test
    void closingEndsWhatIsStillAskedFor() {
        dns.hold();
        again("postrider.dns.timeout = 1 minute");
        CompletableFuture<Routing> asking =
                router.route(Domain.of("example.com")).toCompletableFuture();

        router.close();

        assertThat(asking.join()).isInstanceOf(Routing.Unresolved.class);
        assertThat(routing("later.example")).isInstanceOf(Routing.Unresolved.class);
    }

    @Test
    void aRouteToANameIsLookedUpWithoutMxAndMayLeadToOurOwnNetwork(@TempDir Path directory) throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "192.0.2.5 filed.example\n");
        dns.with("smart.example. 300 A 10.0.0.1").with("smart.example. 300 MX 1 other.example.");
        again(
                "postrider.dns.hosts-file = \"" + hosts + "\"\n"
                        + "postrider.egress.routes { \"a.example\" = \"smart.example:587\", \"b.example\" = \"localhost:2526\","
                        + " \"c.example\" = { hosts = [\"gone.example\", \"filed.example:26\"] }, \"d.example\" = \"gone.example\" }");

        assertThat(reached("a.example").hosts().get(0).addresses().get(0).toString())
                .isEqualTo("/10.0.0.1:587");
        assertThat(reached("a.example").site().name()).isEqualTo("smart.example:587");
        assertThat(reached("b.example")
                        .hosts()
                        .get(0)
                        .addresses()
                        .get(0)
                        .getAddress()
                        .isLoopbackAddress())
                .isTrue();
        assertThat(reached("c.example").hosts()).extracting(Routing.Host::name).containsExactly("filed.example");
        assertThat(((Routing.Unresolved) routing("d.example")).reply().toString())
                .startsWith("451 4.4.4");
        assertThat(dns.asked()).doesNotContain("filed.example A", "localhost A", "smart.example MX");
    }

    private Routing routing(String domain) {
        return router.route(Domain.of(domain))
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private Routing.Reachable reached(String domain) {
        Routing routing = routing(domain);
        assertThat(routing).isInstanceOf(Routing.Reachable.class);
        return (Routing.Reachable) routing;
    }

    private void again(String settings) {
        router.close();
        router = router(settings);
    }

    private DnsRouter router(String settings) {
        String base = "postrider.dns { servers = [\"" + dns.server() + "\"], timeout = 300 ms }\n"
                + "postrider.egress.port = 2525\n"
                + "postrider.smtp.listeners = [{ bind = \"192.0.2.77:2525\" }, { bind = \"192.0.2.1:2526\" }]\n";
        InstantSource clock = () -> now;
        return DnsRouter.create(
                RouteSettings.from(ConfigFactory.parseString(PUBLIC + base + settings)
                        .withFallback(ConfigFactory.parseResources("reference.conf"))
                        .resolve()
                        .getConfig("postrider")),
                clock);
    }
}
