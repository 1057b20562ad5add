package io.postrider.doctor;

import com.typesafe.config.Config;
import io.postrider.egress.EgressSettings;
import io.postrider.mail.Domain;
import io.postrider.route.DnsRecords;
import io.postrider.route.Route;
import io.postrider.route.RouteSettings;
import io.postrider.signing.SigningSettings;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Looks at a domain from outside, as receivers of its mail do, with what the configuration says that we send from and sign
 * with. Asks the DNS at most 500 questions within {@link #LONGEST}, and changes nothing.
 */
public final class Doctor {

    /** RFC 7208 §4.6.4 gives one evaluation 20 s at least. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    /**
     * What it looks with.
     *
     * @param dns past any cache
     * @param local of this machine
     * @param probe for the domain's mail servers; empty: they are left alone
     * @param now for certificates
     * @param nanos a clock that only goes forward
     */
    public record Instruments(
            DnsRecords dns, LocalAddress local, Optional<MxProbe> probe, Instant now, LongSupplier nanos) {}

    private final EgressSettings egress;
    private final RouteSettings routes;
    private final SigningSettings signing;
    private final Instruments instruments;

    private Doctor(EgressSettings egress, RouteSettings routes, SigningSettings signing, Instruments instruments) {
        this.egress = egress;
        this.routes = routes;
        this.signing = signing;
        this.instruments = instruments;
    }

    /** @param postrider the settings under {@code postrider} */
    public static Doctor with(Config postrider, Instruments instruments) {
        return new Doctor(
                EgressSettings.from(postrider),
                RouteSettings.from(postrider),
                SigningSettings.from(postrider),
                instruments);
    }

    /** Whether the configuration has a source of that name. */
    public boolean knows(String source) {
        return egress.sources().containsKey(source);
    }

    /** @param domain a name, no address literal */
    public Report examine(Domain domain, List<GivenAddress> given) {
        DnsRecords dns = new BoundedDns(instruments.dns(), instruments.nanos(), LONGEST);
        Remarks addresses = new Remarks(Topic.ADDRESSES);
        List<SendingAddress> ours = OurAddresses.find(egress, routes.ipFamily(), given, instruments.local(), addresses);
        tellOfRelay(addresses);
        Remarks names = new Remarks(Topic.NAMES);
        ours.forEach(new NameCheck(dns, names)::check);
        Remarks spf = new Remarks(Topic.SPF);
        Verdict covered = new SpfCheck(dns, domain, spf).check(ours);
        Remarks dkim = new Remarks(Topic.DKIM);
        List<Signature> signatures = new DkimCheck(dns, domain, dkim).check(signing.signers());
        Remarks dmarc = new Remarks(Topic.DMARC);
        new DmarcCheck(dns, domain, dmarc).check(covered, signatures);
        Remarks mx = new Remarks(Topic.MX);
        Map<String, List<InetAddress>> hosts = new MxCheck(dns, domain, routes.prohibited(), mx).check();
        instruments.probe().ifPresent(probe -> new MxTlsCheck(probe, instruments.now(), mx).check(hosts));
        List<Remark> all = new ArrayList<>();
        List.of(addresses, names, spf, dkim, dmarc, mx).forEach(one -> all.addAll(one.all()));
        return new Report(domain, all);
    }

    private void tellOfRelay(Remarks remarks) {
        Optional<Route> rest = routes.routes().stream()
                .filter(route -> route.pattern().equals("*"))
                .findFirst();
        rest.ifPresent(route -> remarks.note(
                "the route * sends mail through " + route.targets().get(0) + ": receivers see addresses of that host",
                "say them with --address IP"));
    }
}
