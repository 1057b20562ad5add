package io.postrider.tls;

import java.util.List;
import java.util.Optional;

/**
 * How a connection to one server is to be protected. Connections are shared among equals alone, so no mail rides on one
 * that shows less than it asks for.
 *
 * @param names the server must prove one of these where the policy verifies; lower case
 * @param login who we are to it, by user and password
 */
public record Protection(Policy policy, ClientTerms terms, List<String> names, Optional<Login> login) {

    /** The labels stand in logs and metrics. */
    public enum Policy {
        NONE("none"),
        OPPORTUNISTIC("opportunistic"),
        REQUIRED("required"),
        VERIFY("verify");

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
            return this == VERIFY;
        }
    }

    public Protection {
        names = List.copyOf(names);
    }

    /** Plain text. */
    public static final Protection NONE = new Protection(Policy.NONE, ClientTerms.USUAL, List.of(), Optional.empty());

    /**
     * @param names what the server may prove to be, where it must
     */
    public static Protection of(ClientTlsSettings settings, List<String> names, Optional<Login> login) {
        return switch (settings.mode()) {
            case NONE -> NONE;
            case OPPORTUNISTIC -> new Protection(Policy.OPPORTUNISTIC, settings.terms(), List.of(), login);
            case REQUIRED -> new Protection(Policy.REQUIRED, settings.terms(), List.of(), login);
            case VERIFY -> new Protection(Policy.VERIFY, settings.terms(), names, login);
        };
    }

    /** Whether plain text follows a handshake that failed. */
    public boolean fallsBack() {
        return policy == Policy.OPPORTUNISTIC && terms.clear();
    }
}
