package io.postrider.route;

import com.typesafe.config.Config;
import java.util.List;

/** The DNS, one question at a time, past any cache of ours: for the command line, and a table in tests. Blocks. */
@FunctionalInterface
public interface DnsRecords {

    /** What can be asked for. */
    enum Kind {
        A,
        AAAA,
        MX,
        PTR,
        TLSA,
        TXT,
        /** The name's own alias; with all other kinds aliases are followed. */
        CNAME
    }

    /** What the DNS says. */
    sealed interface Found {
        /**
         * @param values at least one, as {@link #find} says
         */
        record Records(List<String> values) implements Found {
            public Records {
                values = List.copyOf(values);
            }
        }

        /** @param nameExists whether the name has records of another kind, or names below it */
        record None(boolean nameExists) implements Found {}

        /** Nobody knows now: that there is no record must not be concluded. */
        record Unknown(String reason) implements Found {}
    }

    /**
     * Asks once, as often as the settings allow. A name that the DNS cannot hold does not exist.
     *
     * @return addresses as literals, {@code 10 mx.example.com} for an MX, names in lower case without the last dot; a
     *     text with its strings joined and a char for each of its bytes, whatever these are: it may be hostile
     */
    Found find(String name, Kind kind);

    /** @param config the settings under {@code postrider} */
    static DnsRecords from(Config config) {
        return new UncachedRecords(new NameServers(DnsSettings.from(config.getConfig("dns")), Runnable::run));
    }
}
