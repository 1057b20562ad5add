package io.postrider.route;

import java.util.List;
import org.xbill.DNS.Record;

/**
 * What the DNS says to one question, CNAMEs already followed. It is secure when DNSSEC proves every step that led to it,
 * a denial as well; whatever comes behind an insecure CNAME is insecure (RFC 7672 §2.1.3).
 */
sealed interface Answer {

    /** At least one record of the type that was asked for, all of the name that the CNAMEs led to. */
    record Found(List<Record> records, boolean secure) implements Answer {}

    /** The name exists, but has no such record. */
    record NoSuchRecord(boolean secure) implements Answer {}

    record NoSuchName(boolean secure) implements Answer {}

    /**
     * Nobody could say.
     *
     * @param bogus somebody said something, but its signatures are wrong or missing (RFC 4033 §5)
     */
    record Failed(String reason, boolean bogus) implements Answer {}
}
