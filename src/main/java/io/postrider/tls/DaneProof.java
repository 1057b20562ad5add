package io.postrider.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Measures the certificates that a server showed by TLSA records (RFC 7672 §3, RFC 7671 §5). One record that fits is
 * enough: the others belong to a key that is to come or to go.
 */
final class DaneProof {

    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int LONGEST_PATH = 10;
    /** Its place in X.509's KeyUsage. */
    private static final int KEY_CERT_SIGN = 5;

    private final List<X509Certificate> chain;
    private final Instant now;

    private DaneProof(List<X509Certificate> chain, Instant now) {
        this.chain = chain;
        this.now = now;
    }

    /**
     * Why these certificates do not fit; empty when they do.
     *
     * @param chain the server's own first, at least that
     * @param names the first has the records; a certificate by an authority must be for one of them
     */
    static Optional<String> problem(List<X509Certificate> chain, List<Tlsa> records, List<String> names, Instant now) {
        return new DaneProof(chain, now).problem(strongest(records), names);
    }

    /** RFC 7671 §9: of the digests for one usage and selector only the best counts, so that a weak one cannot be enough. */
    private static List<Tlsa> strongest(List<Tlsa> records) {
        List<Tlsa> strongest = new ArrayList<>(records.size());
        for (Tlsa record : records) {
            boolean beaten = record.matching() != Tlsa.EXACT
                    && records.stream()
                            .anyMatch(other -> other.usage() == record.usage()
                                    && other.selector() == record.selector()
                                    && other.matching() > record.matching());
            if (!beaten) {
                strongest.add(record);
            }
        }
        return strongest;
    }

    private Optional<String> problem(List<Tlsa> records, List<String> names) {
        X509Certificate own = chain.get(0);
        List<Tlsa> authorities = new ArrayList<>(records.size());
        for (Tlsa record : records) {
            if (record.usage() == Tlsa.DANE_TA) {
                authorities.add(record);
            } else if (fits(record, own)) {
                // RFC 7672 §3.1.1: then neither names nor dates matter, for the DNS vouches for the key here and now.
                return Optional.empty();
            }
        }
        Set<TrustAnchor> anchors = anchors(authorities);
        if (anchors.isEmpty()) {
            return Optional.of("its certificate fits none of the TLSA records of " + names.get(0));
        }
        return path(own, anchors).or(() -> name(own, names));
    }

    /** The authorities among what the server sent, and those that a record holds itself (RFC 7671 §5.2.2, §5.2.3). */
    private Set<TrustAnchor> anchors(List<Tlsa> records) {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (Tlsa record : records) {
            for (X509Certificate authority : chain.subList(1, chain.size())) {
                if (fits(record, authority)) {
                    anchors.add(new TrustAnchor(authority, null));
                }
            }
            if (record.matching() == Tlsa.EXACT) {
                anchors.addAll(held(record));
            }
        }
        return anchors;
    }

    private Set<TrustAnchor> held(Tlsa record) {
        Set<TrustAnchor> held = new HashSet<>();
        try {
            if (record.selector() == Tlsa.CERTIFICATE) {
                held.add(new TrustAnchor(Der.certificate(record.bytes()), null));
                return held;
            }
            for (X509Certificate certificate : chain) {
                held.add(new TrustAnchor(certificate.getIssuerX500Principal(), Der.key(record.bytes()), null));
            }
            return held;
        } catch (GeneralSecurityException malformed) {
            return Set.of();
        }
    }

    private Optional<String> path(X509Certificate own, Set<TrustAnchor> anchors) {
        try {
            own.checkValidity(Date.from(now));
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(own);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(valid(anchors), target);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setRevocationEnabled(false);
            parameters.setMaxPathLength(LONGEST_PATH);
            parameters.setDate(Date.from(now));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return forServers(own) ? Optional.empty() : Optional.of("its certificate is not for servers");
        } catch (CertPathBuilderException | CertificateException untrusted) {
            return Optional.of(
                    "its certificate does not lead to the authority of the TLSA records: " + words(untrusted));
        } catch (GeneralSecurityException unusable) {
            return Optional.of("its certificate cannot be verified: " + unusable.getMessage());
        }
    }

    /**
     * PKIX leaves it open whether the anchor itself is in date and an authority at all. RFC 7671 §5.2 does not, for it is
     * part of what the server sent: a record for somebody's own certificate lets him make none for others.
     */
    private Set<TrustAnchor> valid(Set<TrustAnchor> anchors) throws CertificateException {
        Set<TrustAnchor> valid = new HashSet<>();
        CertificateException last = new CertificateException("no authority");
        for (TrustAnchor anchor : anchors) {
            try {
                if (anchor.getTrustedCert() != null) {
                    checkAuthority(anchor.getTrustedCert());
                }
                valid.add(anchor);
            } catch (CertificateException outOfDate) {
                last = outOfDate;
            }
        }
        if (valid.isEmpty()) {
            throw last;
        }
        return valid;
    }

    private void checkAuthority(X509Certificate authority) throws CertificateException {
        authority.checkValidity(Date.from(now));
        boolean[] usage = authority.getKeyUsage();
        boolean signs = usage == null || usage[KEY_CERT_SIGN];
        // Before version 3 no certificate could say what it is.
        if (!signs || (authority.getVersion() >= 3 && authority.getBasicConstraints() < 0)) {
            throw new CertificateException(authority.getSubjectX500Principal() + " is no authority");
        }
    }

    private static boolean forServers(X509Certificate own) throws CertificateException {
        List<String> purposes = own.getExtendedKeyUsage();
        return purposes == null || purposes.contains(SERVER) || purposes.contains(ANY_PURPOSE);
    }

    private static Optional<String> name(X509Certificate own, List<String> names) {
        HostNames shown = HostNames.of(own);
        return names.stream().anyMatch(shown::cover)
                ? Optional.empty()
                : Optional.of("its certificate is for " + shown + " and not for " + String.join(" or ", names));
    }

    private static boolean fits(Tlsa record, X509Certificate certificate) {
        try {
            byte[] selected = record.selector() == Tlsa.CERTIFICATE
                    ? certificate.getEncoded()
                    : certificate.getPublicKey().getEncoded();
            byte[] matched =
                    switch (record.matching()) {
                        case Tlsa.EXACT -> selected;
                        case Tlsa.SHA_256 ->
                            MessageDigest.getInstance("SHA-256").digest(selected);
                        case Tlsa.SHA_512 ->
                            MessageDigest.getInstance("SHA-512").digest(selected);
                        default -> throw new NoSuchAlgorithmException("TLSA matching type " + record.matching());
                    };
            return Arrays.equals(matched, record.bytes());
        } catch (GeneralSecurityException unreadable) {
            return false;
        }
    }

    private static String words(Exception untrusted) {
        Throwable deepest = untrusted;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
