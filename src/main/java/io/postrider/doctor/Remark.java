package io.postrider.doctor;

import java.util.Optional;

/**
 * One thing that was looked at. Its texts are printable and bounded, whatever strangers wrote into the DNS.
 *
 * @param found what there is
 * @param advice what to do; empty where there is nothing to be done
 */
public record Remark(Topic topic, Mark mark, String found, Optional<String> advice) {

    private static final int LONGEST_FOUND = 1_000;

    /** A record to be published must not be cut; one of RSA-4096 has 800 characters. */
    private static final int LONGEST_ADVICE = 4_000;

    public Remark {
        found = Printable.line(found, LONGEST_FOUND);
        advice = advice.map(text -> Printable.line(text, LONGEST_ADVICE));
    }
}
