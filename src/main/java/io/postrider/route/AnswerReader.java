package io.postrider.route;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Reads one response. Only records count that belong to the name asked for, or to what its CNAMEs lead to: whatever else
 * a server adds is passed over, so nobody can slip us records of other names.
 */
final class AnswerReader {

    static final int MOST_CNAMES = 8;

    /** What was read: an answer with the time it may be kept, or the name to ask for next. */
    sealed interface Reading {
        Duration ttl();

        record Complete(Answer answer, Duration ttl) implements Reading {}

        record AskFor(Name name, Duration ttl) implements Reading {}
    }

    private AnswerReader() {}

    /** @param secure all of the response is proven */
    static Reading read(Message response, Name asked, int type, boolean secure) {
        int code = response.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            return failed(Rcode.string(code));
        }
        Name name = asked;
        long seconds = Long.MAX_VALUE;
        for (int hops = 0; hops <= MOST_CNAMES; hops++) {
            List<Record> records = records(response, name, type);
            if (!records.isEmpty()) {
                return new Reading.Complete(
                        new Answer.Found(records, secure), ttl(Math.min(seconds, leastTtl(records))));
            }
            List<Record> aliases = records(response, name, Type.CNAME);
            if (aliases.isEmpty()) {
                return withoutRecord(response, asked, name, seconds, secure);
            }
            seconds = Math.min(seconds, leastTtl(aliases));
            name = ((CNAMERecord) aliases.get(0)).getTarget();
        }
        return failed("more than " + MOST_CNAMES + " CNAMEs");
    }

    /** RFC 2308 §2 and §5: only with its SOA does a denial tell how long it holds. */
    private static Reading withoutRecord(Message response, Name asked, Name name, long seconds, boolean secure) {
        long denied = 0;
        boolean referral = false;
        boolean authoritative = false;
        for (Record record : response.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                authoritative = true;
                denied = Math.min(soa.getTTL(), soa.getMinimum());
            }
            referral |= record.getType() == Type.NS;
        }
        if (response.getRcode() == Rcode.NXDOMAIN) {
            return new Reading.Complete(new Answer.NoSuchName(secure), ttl(Math.min(seconds, denied)));
        }
        if (!authoritative && !name.equals(asked)) {
            return new Reading.AskFor(name, ttl(seconds));
        }
        if (!authoritative && referral) {
            return failed("a referral, as from a server that does not recurse");
        }
        return new Reading.Complete(new Answer.NoSuchRecord(secure), ttl(Math.min(seconds, denied)));
    }

    private static Reading failed(String reason) {
        return new Reading.Complete(new Answer.Failed(reason, false), Duration.ZERO);
    }

    private static List<Record> records(Message response, Name name, int type) {
        List<Record> records = new ArrayList<>(4);
        for (Record record : response.getSection(Section.ANSWER)) {
            if (record.getType() == type
                    && record.getDClass() == DClass.IN
                    && record.getName().equals(name)) {
                records.add(record);
            }
        }
        return records;
    }

    private static long leastTtl(List<Record> records) {
        long least = Long.MAX_VALUE;
        for (Record record : records) {
            least = Math.min(least, record.getTTL());
        }
        return least;
    }

    private static Duration ttl(long seconds) {
        return Duration.ofSeconds(Math.min(seconds, Integer.MAX_VALUE));
    }
}
