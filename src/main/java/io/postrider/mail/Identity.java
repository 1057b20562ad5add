package io.postrider.mail;

/**
 * As whom somebody hands in mail.
 *
 * @param kind how we know
 * @param name of the user or the key; empty for a host
 * @param tenant whose mail alone it may hand in; empty: anybody's
 * @param domains in whose name its mail may speak
 */
public record Identity(Kind kind, String name, String tenant, SenderDomains domains) {

    /** By what somebody is known. */
    public enum Kind {
        /** By its address alone. */
        HOST,
        /** By a password or what stands for it. */
        USER,
        /** By a key of the HTTP API. */
        KEY
    }

    /** A trusted host that may speak for everybody. */
    public static final Identity HOST = host(SenderDomains.ANY);

    public static Identity host(SenderDomains domains) {
        return new Identity(Kind.HOST, "", "", domains);
    }

    public static Identity user(String name, String tenant, SenderDomains domains) {
        return new Identity(Kind.USER, name, tenant, domains);
    }

    public static Identity key(String id, String tenant, SenderDomains domains) {
        return new Identity(Kind.KEY, id, tenant, domains);
    }

    /** Whose mail it is in records: {@code user NAME}, the id of a key, or nobody's. */
    public String owner() {
        return switch (kind) {
            case HOST -> "";
            case USER -> "user " + name;
            case KEY -> name;
        };
    }
}
