package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.postrider.sts.Names;
import io.postrider.sts.Names.Addresses;
import io.postrider.sts.Names.Texts;
import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyNamesTest {

    private ScriptedDns dns;
    private DnsRouter router;

    @BeforeEach
    void open() {
        dns = ScriptedDns.start();
        router = DnsRouter.create(
                RouteSettings.from(ConfigFactory.parseString(
                                "postrider.dns { servers = [\"" + dns.server() + "\"], timeout = 300ms, attempts = 1 }")
                        .withFallback(ConfigFactory.parseResources("reference.conf"))
                        .resolve()
                        .getConfig("postrider")),
                InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        router.close();
        dns.close();
    }

    private Names names() {
        return router.names();
    }

    private Texts texts(String name) {
        return names().texts(name).toCompletableFuture().join();
    }

    private Addresses addresses(String host) {
        return names().addresses(host).toCompletableFuture().join();
    }

    @Test
    void stringsOfARecordAreJoinedAndAliasesFollowed() {
        dns.with(
                """
                _mta-sts.example.com. 300 CNAME _sts.provider.example.
                _sts.provider.example. 300 TXT "v=STSv1; " "id=1;"
                _sts.provider.example. 300 TXT "another"
                """);

        assertThat(texts("_mta-sts.example.com")).isEqualTo(new Texts.Found(List.of("v=STSv1; id=1;", "another")));
    }

    @Test
    void noRecordAndNoNameAreNoTexts() {
        dns.with("_mta-sts.there.example. 300 A 192.0.2.1");

        assertThat(texts("_mta-sts.there.example")).isEqualTo(new Texts.Found(List.of()));
        assertThat(texts("_mta-sts.nowhere.example")).isEqualTo(new Texts.Found(List.of()));
        assertThat(texts("_mta-sts." + "a234567890.".repeat(23) + "example")).isEqualTo(new Texts.Found(List.of()));
    }

    @Test
    void silenceIsNotTheAbsenceOfARecord() {
        dns.failing("_mta-sts.example.com");

        assertThat(texts("_mta-sts.example.com")).isInstanceOf(Texts.Unknown.class);
    }

    @Test
    void aPolicyHostInOurOwnNetworkIsNotAsked() throws Exception {
        dns.with(
                """
                mta-sts.a.example. 300 A 10.0.0.1
                mta-sts.b.example. 300 A 127.0.0.1
                mta-sts.b.example. 300 A 192.0.2.1
                """);

        assertThat(addresses("mta-sts.a.example"))
                .isEqualTo(new Addresses(List.of(), "has only addresses that are not public"));
        assertThat(addresses("mta-sts.b.example").addresses()).containsExactly(InetAddress.getByName("192.0.2.1"));
        assertThat(addresses("mta-sts.c.example")).isEqualTo(new Addresses(List.of(), "has no address"));
    }
}
