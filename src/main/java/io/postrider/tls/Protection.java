package io.postrider.tls;

import java.util.List;
import java.util.Optional;

/**
 * How a connection to one server is to be protected. Connections are shared among equals alone, so no mail rides on one
 * that shows less than it asks for.
 *
 * @param names the server must prove one of these where the policy verifies by authorities, and would have to where it does
 *     not ({@link #onTrial}); lower case. With {@link Policy#DANE} the first has the TLSA records and is whom we ask for
 * @param tlsa what the server's certificate is measured by with {@link Policy#DANE}, at least one record that we can use
 * @param authentic nobody on the way can have put this host's name in the place of another: the operator, DNSSEC or an
 *     MTA-STS policy names it. Mail that asks for REQUIRETLS goes to no other (RFC 8689 §4.2.1)
 * @param login who we are to it, by user and password
 */
public record Protection(
        Policy policy,
        ClientTerms terms,
        List<String> names,
        List<Tlsa> tlsa,
        boolean authentic,
        Optional<Login> login) {

    /** The labels stand in logs and metrics. */
    public enum Policy {
        NONE("none"),
        OPPORTUNISTIC("opportunistic"),
        REQUIRED("required"),
        VERIFY("verify"),
        /** A policy that the domain publishes asks for TLS with a proven name (RFC 8461). */
        MTA_STS("mta-sts"),
        /** TLSA records in signed DNS say which certificate or key the server has (RFC 7672). */
        DANE("dane"),
        /** There are TLSA records, but none that we can use: encrypted, whoever it is (RFC 7672 §2.2). */
        DANE_UNUSABLE("dane-unusable");

        private final String label;

        Policy(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }

        /** Whether a connection without encryption is of no use. */
        public boolean demandsTls() {
            return this != NONE && this != OPPORTUNISTIC;
        }

        /** Whether the server must prove who it is. */
        public boolean demandsProof() {
            return this == VERIFY || this == MTA_STS || this == DANE;
        }
    }

    public Protection {
        names = List.copyOf(names);
        tlsa = List.copyOf(tlsa);
    }

    /** Plain text. */
    public static final Protection NONE =
            new Protection(Policy.NONE, ClientTerms.USUAL, List.of(), List.of(), false, Optional.empty());

    /**
     * By the operator's rules alone.
     *
     * @param names what the server may prove to be, where it must
     */
    public static Protection of(
            ClientTlsSettings settings, List<String> names, boolean authentic, Optional<Login> login) {
        Policy policy =
                switch (settings.mode()) {
                    case NONE -> Policy.NONE;
                    case OPPORTUNISTIC -> Policy.OPPORTUNISTIC;
                    case REQUIRED -> Policy.REQUIRED;
                    case VERIFY -> Policy.VERIFY;
                };
        return policy == Policy.NONE
                ? NONE
                : new Protection(
                        policy,
                        settings.terms(),
                        policy.demandsProof() ? names : List.of(),
                        List.of(),
                        authentic,
                        login);
    }

    /** The same to a host whose name nobody can have put in the place of another. */
    public Protection asAuthentic() {
        return new Protection(policy, terms, names, tlsa, true, login);
    }

    /**
     * Raised to what TLSA records say.
     *
     * @param usable at least one
     * @param names the first has the records
     */
    public Protection byDane(List<Tlsa> usable, List<String> names) {
        // Where no record names an authority, no name is looked at (RFC 7672 §3.1.1), so domains can share connections.
        boolean authority = usable.stream().anyMatch(tlsa -> tlsa.usage() == Tlsa.DANE_TA);
        return new Protection(Policy.DANE, terms, authority ? names : names.subList(0, 1), usable, authentic, login);
    }

    /** Raised to encryption, as there are TLSA records that we cannot use. */
    public Protection byUnusableDane() {
        return new Protection(Policy.DANE_UNUSABLE, terms, List.of(), List.of(), authentic, login);
    }

    /** Whom to ask a server at this host for (SNI): the owner of the TLSA records (RFC 7672 §8.1), else the host. */
    String serverName(String host) {
        return policy == Policy.DANE ? names.get(0) : host;
    }

    /** Raised to what an MTA-STS policy in force says: TLS with a certificate for the MX host itself (RFC 8461 §4.2). */
    public Protection byPolicy(String host) {
        return new Protection(Policy.MTA_STS, terms, List.of(host), List.of(), true, login);
    }

    /** The same under an MTA-STS policy in testing mode, which names the host. */
    public Protection underTest(String host) {
        return new Protection(policy, terms, List.of(host), tlsa, true, login);
    }

    /**
     * What would be in force if the domain's MTA-STS policy were not in testing mode: mail goes out all the same, and what
     * would have kept it is told (RFC 8461 §5). Empty where nothing is on trial.
     */
    public Optional<Protection> onTrial() {
        return policy.demandsProof() || names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Protection(Policy.MTA_STS, terms, names, List.of(), authentic, login));
    }

    /** As if the host had to prove its name to authorities that we trust. */
    Protection byAuthorities(String host) {
        return new Protection(Policy.VERIFY, terms, List.of(host), List.of(), authentic, login);
    }

    /** Whether plain text follows a handshake that failed. */
    public boolean fallsBack() {
        return policy == Policy.OPPORTUNISTIC && terms.clear();
    }
}
