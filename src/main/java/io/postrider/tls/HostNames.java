package io.postrider.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The host names that a certificate speaks for: its dNSNames, with a wild card for one label (RFC 9525 §6.3), and addresses. */
public final class HostNames {

    private static final int RFC822_NAME = 1;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final Set<String> names;

    private HostNames(Set<String> names) {
        this.names = names;
    }

    static HostNames of(X509Certificate certificate) {
        return new HostNames(new LinkedHashSet<>(alternatives(certificate, Set.of(DNS_NAME, IP_ADDRESS))));
    }

    /** Host names and mailboxes that the certificate speaks for. */
    static List<String> all(X509Certificate certificate) {
        return alternatives(certificate, Set.of(DNS_NAME, RFC822_NAME));
    }

    /** Whether the certificate speaks for this host, without case. */
    public boolean cover(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HostNames others && others.names.equals(names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    private static List<String> alternatives(X509Certificate certificate, Set<Integer> kinds) {
        List<String> found = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if (name.get(0) instanceof Integer kind && kinds.contains(kind)) {
                        found.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
        return found;
    }

    @Override
    public String toString() {
        return names.isEmpty() ? "no host name" : String.join(", ", names);
    }
}
