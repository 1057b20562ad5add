package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import io.postrider.tls.Protection;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which hosts are asked for TLSA records, what these do to their protection, and when a host is left out: RFC 7672 §2. */
class DaneRoutingTest {

    private static final String TLSA = "3 1 1 " + "5A".repeat(32);

    private final ScriptedDns dns = ScriptedDns.start()
            .vouching("signed.")
            .with(
                    """
                    signed. 300 MX 10 mx.signed.
                    mx.signed. 300 A 192.0.2.1
                    """);

    @AfterEach
    void stop() throws IOException {
        dns.close();
    }

    @Test
    void recordsRaiseTheProtection() throws Exception {
        tlsa("mx.signed", TLSA);

        Routing.Host host = only("signed", "");

        assertThat(host.protection().policy()).isEqualTo(Protection.Policy.DANE);
        assertThat(host.protection().tlsa()).hasSize(1);
        assertThat(host.protection().names()).containsExactly("mx.signed");
        assertThat(host.protection().authentic()).isTrue();
        assertThat(asked()).containsExactly("_2626._tcp.mx.signed TLSA");
    }

    @Test
    void anAuthorityMayVouchForTheHostAndTheDomain() throws Exception {
        dns.with("alias.signed. 300 CNAME signed.");
        tlsa("mx.signed", "2 0 1 " + "5A".repeat(32));

        assertThat(only("signed", "").protection().names()).containsExactly("mx.signed", "signed");
        assertThat(only("alias.signed", "").protection().names())
                .containsExactly("mx.signed", "alias.signed", "signed");
    }

    @Test
    void theOrderInTheDnsMakesNoOtherProtection() throws Exception {
        ScriptedDns turned = ScriptedDns.start().vouching("signed.").with("signed. 300 MX 10 mx.signed.");
        turned.with("mx.signed. 300 A 192.0.2.1\n_2626._tcp.mx.signed. 300 TLSA 3 1 1 " + "5B".repeat(32));
        turned.with("_2626._tcp.mx.signed. 300 TLSA " + TLSA);
        tlsa("mx.signed", TLSA);
        tlsa("mx.signed", "3 1 1 " + "5B".repeat(32));

        try (turned) {
            assertThat(only("signed", "").protection())
                    .isEqualTo(((Routing.Reachable) route(turned, "signed", ""))
                            .hosts()
                            .get(0)
                            .protection());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 0 1 5A | DANE_UNUSABLE",
                "1 1 1 5A | DANE_UNUSABLE",
                "3 1 2 5A | DANE_UNUSABLE",
                "3 1 1 5A | DANE",
            })
    void recordsThatCannotBeUsedStillDemandTls(String fields, String policy) throws Exception {
        tlsa("mx.signed", fields.replace("5A", "5A".repeat(32)));

        assertThat(only("signed", "").protection().policy()).hasToString(policy);
    }

    @Test
    void ofMixedRecordsThoseThatCanBeUsedCount() throws Exception {
        tlsa("mx.signed", "0 0 1 " + "5A".repeat(32));
        tlsa("mx.signed", TLSA);

        assertThat(only("signed", "").protection().policy()).isEqualTo(Protection.Policy.DANE);
        assertThat(only("signed", "").protection().tlsa()).hasSize(1);
    }

    @Test
    void withoutRecordsTheNameIsStillAuthentic() throws Exception {
        Protection protection = only("signed", "").protection();

        assertThat(protection.policy()).isEqualTo(Protection.Policy.OPPORTUNISTIC);
        assertThat(protection.authentic()).isTrue();
    }

    @Test
    void behindInsecureMxRecordsNobodyIsAskedForTlsa() throws Exception {
        dns.with("unsigned. 300 MX 10 mx.signed.");
        tlsa("mx.signed", TLSA);

        Protection protection = only("unsigned", "").protection();

        assertThat(protection.policy()).isEqualTo(Protection.Policy.OPPORTUNISTIC);
        assertThat(protection.authentic()).isFalse();
        assertThat(asked()).isEmpty();
    }

    @Test
    void aHostInAnUnsignedZoneIsNotAskedForTlsa() throws Exception {
        dns.with("out.signed. 300 MX 10 mx.unsigned.\nmx.unsigned. 300 A 192.0.2.2");
        tlsa("mx.unsigned", TLSA);

        Protection protection = only("out.signed", "").protection();

        assertThat(protection.policy()).isEqualTo(Protection.Policy.OPPORTUNISTIC);
        assertThat(protection.authentic()).isTrue();
        assertThat(asked()).isEmpty();
    }

    @Test
    void aDomainWithoutMxIsAskedItself() throws Exception {
        dns.with("host.signed. 300 A 192.0.2.3");
        tlsa("host.signed", TLSA);

        assertThat(only("host.signed", "").protection().policy()).isEqualTo(Protection.Policy.DANE);
    }

    @Test
    void behindAnAliasTheNameItLeadsToIsAskedFirst() throws Exception {
        dns.with("aliased.signed. 300 MX 10 alias.signed.\nalias.signed. 300 CNAME mx.signed.");
        tlsa("mx.signed", "2 1 1 " + "5A".repeat(32));
        tlsa("alias.signed", TLSA);

        assertThat(only("aliased.signed", "").protection().names())
                .containsExactly("mx.signed", "alias.signed", "aliased.signed");
        assertThat(asked()).containsExactly("_2626._tcp.mx.signed TLSA");
    }

    @Test
    void thenTheAliasItself() throws Exception {
        dns.with("aliased.signed. 300 MX 10 alias.signed.\nalias.signed. 300 CNAME mx.signed.");
        tlsa("alias.signed", TLSA);

        assertThat(only("aliased.signed", "").protection().names()).containsExactly("alias.signed");
        assertThat(asked()).containsExactly("_2626._tcp.mx.signed TLSA", "_2626._tcp.alias.signed TLSA");
    }

    @Test
    void anAliasOutOfASignedZoneIsAskedAlone() throws Exception {
        dns.with("aliased.signed. 300 MX 10 alias.signed.\nalias.signed. 300 CNAME mx.unsigned.");
        dns.with("mx.unsigned. 300 A 192.0.2.2");
        tlsa("alias.signed", TLSA);
        tlsa("mx.unsigned", TLSA);

        assertThat(only("aliased.signed", "").protection().names()).containsExactly("alias.signed");
        assertThat(asked()).containsExactly("_2626._tcp.alias.signed TLSA");
    }

    @Test
    void insecureRecordsAreNone() throws Exception {
        dns.with("_2626._tcp.mx.signed. 300 CNAME tlsa.unsigned.\ntlsa.unsigned. 300 TLSA " + TLSA);

        assertThat(only("signed", "").protection().policy()).isEqualTo(Protection.Policy.OPPORTUNISTIC);
    }

    @Test
    void whereTheQuestionFailsTheHostIsLeftOut() throws Exception {
        dns.with(
                "two.signed. 300 MX 10 mx.signed.\ntwo.signed. 300 MX 20 other.signed.\nother.signed. 300 A 192.0.2.4");
        dns.failing("_2626._tcp.mx.signed");

        assertThat(only("two.signed", "").name()).isEqualTo("other.signed");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whereAllHostsAreLeftOutMailWaits(boolean silent) throws Exception {
        if (silent) {
            dns.silent("_2626._tcp.mx.signed");
        } else {
            dns.failing("_2626._tcp.mx.signed");
        }

        Routing.Unresolved unresolved = (Routing.Unresolved) route(dns, "signed", "");

        assertThat(unresolved.reply().toString())
                .startsWith("451 4.7.5 no mail server of signed can be used until its DNSSEC is in order:"
                        + " TLSA look-up of mx.signed failed: ");
    }

    @Test
    void aliasesThatCannotBeJudgedAreLeftOut() throws Exception {
        dns.with("aliased.signed. 300 MX 10 alias.signed.\nalias.signed. 300 CNAME mx.unsigned.");
        dns.with("mx.unsigned. 300 A 192.0.2.2");
        dns.failing("_2626._tcp.alias.signed");

        assertThat(route(dns, "aliased.signed", "")).isInstanceOf(Routing.Unresolved.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls.mode = none | NONE | false",
                "tls.mode = verify | VERIFY | true",
                "per-domain { signed { tls.mode = verify } } | VERIFY | true",
                "per-domain { default { tls.mode = none } } | NONE | false",
                "dane.dnssec = off | OPPORTUNISTIC | false",
            })
    void whereTheOperatorWantsLessOrMoreNobodyIsAsked(String rule, String policy, boolean authentic) throws Exception {
        tlsa("mx.signed", TLSA);
        dns.failing("_2626._tcp.mx.signed");

        Protection protection = only("signed", rule).protection();

        assertThat(protection.policy()).hasToString(policy);
        assertThat(protection.authentic()).isEqualTo(authentic);
        assertThat(asked()).isEmpty();
    }

    @Test
    void requiredIsRaised() throws Exception {
        tlsa("mx.signed", TLSA);

        assertThat(only("signed", "tls.mode = required").protection().policy()).isEqualTo(Protection.Policy.DANE);
    }

    @Test
    void aRouteIsTheOperatorsAlone() throws Exception {
        tlsa("mx.signed", TLSA);

        Routing.Host host = only("signed", "routes { signed = \"mx.signed\" }");

        assertThat(host.protection().policy()).isEqualTo(Protection.Policy.OPPORTUNISTIC);
        assertThat(host.protection().authentic()).isTrue();
        assertThat(asked()).isEmpty();
    }

    private void tlsa(String host, String fields) {
        dns.with("_2626._tcp." + host + ". 300 TLSA " + fields);
    }

    /** Questions for TLSA records so far. */
    private List<String> asked() {
        return dns.asked().stream()
                .filter(question -> question.endsWith("TLSA"))
                .toList();
    }

    private Routing.Host only(String domain, String settings) throws Exception {
        Routing routing = route(dns, domain, settings);
        assertThat(routing).isInstanceOf(Routing.Reachable.class);
        List<Routing.Host> hosts = ((Routing.Reachable) routing).hosts();
        assertThat(hosts).hasSize(1);
        return hosts.get(0);
    }

    private static Routing route(ScriptedDns dns, String domain, String settings) throws Exception {
        Config postrider = ConfigFactory.parseString(settings)
                .atPath("postrider.egress")
                .withFallback(ConfigFactory.parseString(
                        """
                        postrider {
                          egress { port = 2626, dane.dnssec = resolver }
                          dns { servers = ["%s"], timeout = 100 ms, attempts = 2 }
                        }
                        """
                                .formatted(dns.server())))
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        TlsRules rules = TlsRules.from(postrider);
        try (DnsRouter router =
                DnsRouter.create(RouteSettings.from(postrider), rules::openToDane, InstantSource.system())) {
            return SecureRouter.withDane(router, rules)
                    .route(Domain.of(domain))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        }
    }
}
