package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.FromConnection.AllHostsFailed;
import io.postrider.egress.FromConnection.MessageOutcome;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.route.Dnssec;
import io.postrider.route.Routing;
import io.postrider.route.Site;
import io.postrider.tls.Protection;
import io.postrider.tls.TestCertificates;
import io.postrider.tls.Tlsa;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A TLS session that is resumed proves nothing anew, so it is measured by the records as they are now. */
class DaneResumptionTest {

    private static final String HOST = "mx0.site.test";

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aResumedSessionIsMeasuredByTheRecordsOfToday() throws Exception {
        TestCertificates.Made own = TestCertificates.selfSigned(HOST);
        byte[] key = own.certificate().getPublicKey().getEncoded();
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        Tlsa good = new Tlsa(3, 1, 1, digest);
        Tlsa other = new Tlsa(3, 1, 1, "5a".repeat(32));

        try (ScriptedMx mx = ScriptedMx.serving()
                        .encrypting(new TestCertificates().server(own))
                        .speakingOnly("TLSv1.2");
                EgressBench bench = new EgressBench(
                        "postrider.egress { idle-timeout = 50ms, failed-host-memory = 1ms, linger = 1ms }")) {
            way(bench, mx, good);
            Ticket first = bench.mail();
            bench.send(first);
            MessageOutcome outcome = bench.outcomes(EgressBench.DOMAIN, 1).get(first.id());
            assertThat(outcome.via().orElseThrow().tls().policy()).isEqualTo("dane");
            mx.awaitCommand("QUIT");

            way(bench, mx, good, other);
            bench.send(bench.mail());
            bench.outcomes(EgressBench.DOMAIN, 1);
            assertThat(mx.sessions()).hasSize(2);
            assertThat(mx.sessions().get(1)).isEqualTo(mx.sessions().get(0));

            way(bench, mx, other);
            bench.send(bench.mail());
            assertThat(bench.hears(AllHostsFailed.class).reply().toString())
                    .startsWith("451 4.7.5 the server is not whom it must be: its certificate fits none");
            // The client can be through before the server is.
            while (mx.sessions().size() < 3) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(mx.sessions().get(2)).isEqualTo(mx.sessions().get(0));
        }
    }

    private static void way(EgressBench bench, ScriptedMx mx, Tlsa... records) {
        Routing.Host host = new Routing.Host(
                HOST, List.of(mx.address()), new Dnssec.Secure(List.of(records), List.of(HOST)), Protection.NONE);
        bench.ways.put(EgressBench.DOMAIN, new Routing.Reachable(new Site("site.test"), List.of(host), false));
    }
}
