package io.postrider.doctor.spf;

import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import io.postrider.route.ReverseName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names of an address that lead back to it (RFC 7208 §5.5); failures of the DNS count as none. Asks once. */
final class ReverseNames {

    private static final int MOST = 10;

    private final DnsRecords dns;
    private final InetAddress address;
    private @Nullable List<String> validated;

    ReverseNames(DnsRecords dns, InetAddress address) {
        this.dns = dns;
        this.address = address;
    }

    boolean isBelow(String domain) {
        return validated().stream().anyMatch(name -> isBelow(name, domain));
    }

    /** The value of the macro p: best the domain itself, then a name below it, then any. */
    Optional<String> nameFor(String domain) {
        return validated().stream()
                .filter(name -> name.equalsIgnoreCase(domain))
                .findFirst()
                .or(() -> validated().stream()
                        .filter(name -> isBelow(name, domain))
                        .findFirst())
                .or(() -> validated().stream().findFirst());
    }

    private static boolean isBelow(String name, String domain) {
        return name.equalsIgnoreCase(domain)
                || name.regionMatches(true, name.length() - domain.length() - 1, "." + domain, 0, domain.length() + 1);
    }

    private List<String> validated() {
        List<String> known = validated;
        if (known == null) {
            known = new ArrayList<>();
            List<String> names = values(ReverseName.of(address), Kind.PTR);
            Kind family = address.getAddress().length == 4 ? Kind.A : Kind.AAAA;
            for (String name : names.subList(0, Math.min(MOST, names.size()))) {
                boolean back = values(name, family).stream()
                        .anyMatch(value ->
                                IpLiteral.parse(value).filter(address::equals).isPresent());
                if (back) {
                    known.add(name);
                }
            }
            validated = known;
        }
        return known;
    }

    private List<String> values(String name, Kind kind) {
        return dns.find(name, kind) instanceof Found.Records found ? found.values() : List.of();
    }
}
