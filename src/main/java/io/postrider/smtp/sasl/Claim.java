package io.postrider.smtp.sasl;

/** What an exchange came to: who the client says it is. None of them shows a secret when it is printed. */
public sealed interface Claim {

    /** As the client wrote it, prepared; may be anything, also a password typed into the wrong place. */
    String user();

    /** To be compared with what is known of the user. */
    record Password(String user, String password) implements Claim {
        @Override
        public String toString() {
            return "Password[]";
        }
    }

    /** The client knows the password: the exchange itself has shown it. */
    record Proven(String user) implements Claim {
        @Override
        public String toString() {
            return "Proven[]";
        }
    }

    /** The client does not know it, or claims to be somebody else besides. */
    record Refuted(String user) implements Claim {
        @Override
        public String toString() {
            return "Refuted[]";
        }
    }
}
