package io.postrider.sts;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a domain says about its mail servers (RFC 8461 §3.2).
 *
 * @param maxAge how long it holds, from 0 to {@link #LONGEST}
 * @param mx host names in lower case, or {@code *.} and a domain; empty with {@link Mode#NONE} alone
 */
public record PublishedPolicy(Mode mode, Duration maxAge, List<String> mx) {

    /** RFC 8461 §3.2: 31557600 seconds, a year. */
    public static final Duration LONGEST = Duration.ofHours(8766);

    /** What follows when a server is not as the policy says (RFC 8461 §5). */
    public enum Mode {
        /** It gets no mail. */
        ENFORCE,
        /** It gets mail all the same. */
        TESTING,
        /** There is no policy any more. */
        NONE;

        /** As policies spell it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public PublishedPolicy {
        mx = List.copyOf(mx);
    }

    /**
     * RFC 8461 §4.1: a wild card stands for exactly one label, the left-most.
     *
     * @param host in lower case, as the MX record names it
     */
    public boolean allows(String host) {
        int dot = host.indexOf('.');
        return mx.contains(host) || (dot > 0 && mx.contains("*" + host.substring(dot)));
    }
}
