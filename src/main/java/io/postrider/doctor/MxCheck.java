package io.postrider.doctor;

import io.postrider.mail.Cidr;
import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether replies and bounces reach the domain, and what its mail servers promise about TLS. */
final class MxCheck {

    private static final int MOST_HOSTS = 10;
    private static final int MOST_ADDRESSES = 10;

    private final DnsRecords dns;
    private final Domain domain;
    private final List<Cidr> prohibited;
    private final Remarks remarks;

    /** @param prohibited addresses that no MX should have */
    MxCheck(DnsRecords dns, Domain domain, List<Cidr> prohibited, Remarks remarks) {
        this.dns = dns;
        this.domain = domain;
        this.prohibited = prohibited;
        this.remarks = remarks;
    }

    /** @return addresses by host, the best first, none of them prohibited */
    Map<String, List<InetAddress>> check() {
        Map<String, List<InetAddress>> reachable = new LinkedHashMap<>();
        switch (dns.find(domain.name(), Kind.MX)) {
            case Found.Unknown unknown -> remarks.unanswered(domain + " MX", unknown.reason());
            case Found.None none -> withoutMx(none.nameExists(), reachable);
            case Found.Records found -> {
                List<String> hosts = hosts(found.values());
                if (hosts.isEmpty()) {
                    remarks.fix(
                            domain + " has a null MX: it takes no mail, so no bounce and no reply arrives, and some"
                                    + " receivers refuse such senders (RFC 7505 §4.2)",
                            "publish an MX, or send from another domain");
                }
                if (hosts.size() > MOST_HOSTS) {
                    remarks.note(hosts.size() + " MX hosts; looked at the first " + MOST_HOSTS);
                }
                for (String host : hosts.subList(0, Math.min(MOST_HOSTS, hosts.size()))) {
                    reachable.put(host, host(host));
                }
            }
        }
        promises(reachable);
        return reachable;
    }

    private static List<String> hosts(List<String> records) {
        return records.stream()
                .sorted(Comparator.comparingInt(MxCheck::preference))
                .map(record -> record.substring(record.indexOf(' ') + 1))
                .filter(host -> !host.equals("."))
                .distinct()
                .toList();
    }

    private static int preference(String record) {
        String digits = record.substring(0, Math.max(0, record.indexOf(' ')));
        return digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
    }

    /** RFC 5321 §5.1: then the domain's own address counts. */
    private void withoutMx(boolean exists, Map<String, List<InetAddress>> reachable) {
        if (!exists) {
            remarks.fix("the domain " + domain + " does not exist in the DNS", "register it, or mend its zone");
            return;
        }
        Remarks aside = new Remarks(Topic.MX);
        List<InetAddress> own = new MxCheck(dns, domain, prohibited, aside).host(domain.name());
        if (own.isEmpty()) {
            remarks.fix(
                    domain + " has neither an MX nor an address: no bounce and no reply arrives, and many receivers"
                            + " refuse such senders",
                    "publish " + domain + ". IN MX 10 HOST");
        } else {
            remarks.warn(
                    domain + " has no MX, so mail for it goes to its own address " + IpLiteral.text(own.get(0)),
                    "publish " + domain + ". IN MX 10 HOST, even if that is the domain itself");
            reachable.put(domain.name(), own);
        }
    }

    private List<InetAddress> host(String host) {
        String named = "the MX " + Printable.quoted(host);
        if (IpLiteral.parse(host).isPresent()) {
            remarks.fix(named + " is an address, not a name: many do not deliver there", "name a host in the MX");
            return List.of();
        }
        if (dns.find(host, Kind.CNAME) instanceof Found.Records alias) {
            remarks.fix(
                    named + " is an alias of " + Printable.quoted(alias.values().get(0))
                            + ", which an MX must not be (RFC 2181 §10.3)",
                    "name " + Printable.quoted(alias.values().get(0)) + " in the MX");
        }
        List<InetAddress> all = new ArrayList<>();
        boolean known = true;
        for (Kind kind : List.of(Kind.A, Kind.AAAA)) {
            switch (dns.find(host, kind)) {
                case Found.None none -> {}
                case Found.Unknown unknown -> {
                    known = false;
                    remarks.unanswered(Printable.quoted(host) + " " + kind, unknown.reason());
                }
                case Found.Records found ->
                    found.values().stream().limit(MOST_ADDRESSES).forEach(text -> IpLiteral.parse(text)
                            .ifPresent(all::add));
            }
        }
        if (all.isEmpty() && known) {
            remarks.fix(named + " has no address", "publish one for it, or take it out of the MX");
        }
        return allowed(named, all);
    }

    private List<InetAddress> allowed(String named, List<InetAddress> all) {
        List<InetAddress> allowed = new ArrayList<>();
        for (InetAddress address : all) {
            if (Cidr.anyContains(prohibited, address)) {
                remarks.fix(
                        named + " leads to " + IpLiteral.text(address) + ", which the world cannot reach",
                        "publish the address at which the world reaches it");
            } else {
                allowed.add(address);
            }
        }
        if (!allowed.isEmpty()) {
            Optional<InetAddress> more = allowed.stream().skip(1).findFirst();
            remarks.ok(named + " leads to " + IpLiteral.text(allowed.get(0))
                    + more.map(any -> " and " + (allowed.size() - 1) + " more").orElse(""));
        }
        return allowed;
    }

    /** Only whether they are there: what is promised to senders about TLS. */
    private void promises(Map<String, List<InetAddress>> hosts) {
        promise("_mta-sts." + domain, "v=STSv1", "MTA-STS (RFC 8461)");
        promise("_smtp._tls." + domain, "v=TLSRPTv1", "reports of TLS failures (RFC 8460)");
        for (String host : hosts.keySet()) {
            String place = "_25._tcp." + host;
            if (dns.find(place, Kind.TLSA) instanceof Found.Records) {
                remarks.note(Printable.quoted(place) + " has TLSA records: DANE (RFC 7672), if the zone is signed");
            }
        }
    }

    private void promise(String place, String version, String what) {
        boolean there = dns.find(place, Kind.TXT) instanceof Found.Records found
                && found.values().stream().anyMatch(text -> text.startsWith(version));
        if (there) {
            remarks.note(place + " announces " + what);
        }
    }
}
