package io.postrider.doctor;

import io.postrider.Configuration;
import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lets a doctor look at example.com with a DNS in memory, and keeps what he says. */
final class Consultation {

    static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private final DnsRecords dns;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<GivenAddress> given = new ArrayList<>();
    private Optional<InetAddress> v4 = Optional.empty();
    private Optional<InetAddress> v6 = Optional.empty();
    private Optional<MxProbe> probe = Optional.empty();

    Consultation(DnsRecords dns) {
        this.dns = dns;
    }

    /** A domain with which nothing is wrong, for the address 192.0.2.10. */
    static TableDns healthy() {
        return new TableDns()
                .with(
                        """
                        example.com TXT v=spf1 ip4:192.0.2.0/28 -all
                        _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:dmarc@example.com
                        example.com MX 10 mx.example.com
                        mx.example.com A 198.51.100.25
                        10.2.0.192.in-addr.arpa PTR relay.example.com
                        relay.example.com A 192.0.2.10
                        relay.example.com TXT v=spf1 a -all
                        """);
    }

    Consultation set(String key, String value) {
        settings.put("postrider." + key, value);
        return this;
    }

    Consultation address(String ip) {
        given.add(new GivenAddress(Optional.empty(), parse(ip)));
        return this;
    }

    Consultation address(String source, String ip) {
        given.add(new GivenAddress(Optional.of(source), parse(ip)));
        return this;
    }

    /** What the system would choose. */
    Consultation routed(String ip) {
        InetAddress address = parse(ip);
        if (address.getAddress().length == 4) {
            v4 = Optional.of(address);
        } else {
            v6 = Optional.of(address);
        }
        return this;
    }

    Consultation probe(MxProbe.Seen seen) {
        probe = Optional.of((host, address) -> seen);
        return this;
    }

    private static InetAddress parse(String ip) {
        return IpLiteral.parse(ip).orElseThrow();
    }

    Report report() {
        return report("example.com");
    }

    Report report(String domain) {
        return Doctor.with(
                        Configuration.load(Optional.empty(), settings).postrider(),
                        new Doctor.Instruments(dns, isV4 -> isV4 ? v4 : v6, probe, NOW, () -> 0))
                .examine(Domain.of(domain), given);
    }

    /** One line a remark: {@code FIX found -> advice}. */
    static String lines(Report report, Topic topic) {
        StringBuilder lines = new StringBuilder();
        for (Remark remark : report.on(topic)) {
            lines.append(remark.mark().word()).append(' ').append(remark.found());
            remark.advice().ifPresent(advice -> lines.append(" -> ").append(advice));
            lines.append('\n');
        }
        return lines.toString();
    }
}
