package io.postrider.route;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * What the way to a domain in a zone of its own, signed with ECDSA P-256, costs with each value of {@code dane.dnssec}: our
 * CPU time for the first question after it, and once its answers are cached. Needs nsd, ldnsutils and unbound; run by hand.
 */
public final class ValidationBench {

    private static final int WARM_UP = 1000;
    private static final int MEASURED = 500;

    private ValidationBench() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("validation-bench");
        try (SignedDns dns = new SignedDns(directory)) {
            for (int i = 0; i < WARM_UP + MEASURED; i++) {
                dns.signed(
                        "z" + i,
                        "@ IN MX 10 mx\nmx IN A 127.0.0.1\nmx IN AAAA ::1\n_25._tcp.mx IN TLSA 3 1 1 " + "5A".repeat(32)
                                + "\n");
            }
            dns.serve();
            String unbound = dns.validatingResolver();
            for (String mode : new String[] {"off", "resolver", "validate"}) {
                measure(mode, unbound, dns.anchors());
            }
        }
    }

    private static void measure(String mode, String server, Path anchors) throws Exception {
        Config postrider = ConfigFactory.parseString(
                        """
                        postrider {
                          egress { prohibited-addresses = [], dane { dnssec = %s, trust-anchors = "%s" } }
                          dns.servers = ["%s"]
                        }
                        """
                                .formatted(mode, anchors, server))
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (DnsRouter router = DnsRouter.create(RouteSettings.from(postrider), InstantSource.system())) {
            for (int i = 0; i < WARM_UP; i++) {
                ask(router, i);
            }
            long cpu = system.getProcessCpuTime();
            long time = System.nanoTime();
            for (int i = WARM_UP; i < WARM_UP + MEASURED; i++) {
                ask(router, i);
            }
            long cpuFirst = (system.getProcessCpuTime() - cpu) / MEASURED / 1000;
            long timeFirst = (System.nanoTime() - time) / MEASURED / 1000;
            cpu = system.getProcessCpuTime();
            for (int i = WARM_UP; i < WARM_UP + MEASURED; i++) {
                ask(router, i);
            }
            long cpuCached = (system.getProcessCpuTime() - cpu) / MEASURED / 1000;
            System.out.printf(
                    "%-9s first %5d us of CPU, %5d us waited; cached %3d us%n", mode, cpuFirst, timeFirst, cpuCached);
        }
    }

    private static void ask(DnsRouter router, int number) throws Exception {
        Routing routing =
                router.route(Domain.of("z" + number)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        if (!(routing instanceof Routing.Reachable)) {
            throw new IllegalStateException(routing.toString());
        }
    }
}
