package io.postrider.doctor.dmarc;

import io.postrider.doctor.dmarc.DmarcRecord.Reading;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The walk from a domain up to the root that finds its policy and its organizational domain (RFC 9989 §4.10): at most eight
 * look-ups, and no list of public suffixes. Receivers that still go by such a list (RFC 7489 §3.2) come to the same in all
 * but odd cases.
 */
public final class TreeWalk {

    private static final int MOST_LABELS = 8;

    private record Step(String name, DmarcRecord record) {}

    private final String domain;
    private final List<String> names = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> problems = new LinkedHashMap<>();
    private final Map<String, String> unanswered = new LinkedHashMap<>();

    private TreeWalk(String domain) {
        this.domain = domain;
    }

    public static TreeWalk from(String domain, DnsRecords dns) {
        TreeWalk walk = new TreeWalk(domain);
        String name = domain;
        while (!name.isEmpty()) {
            walk.names.add(name);
            Optional<DmarcRecord> record = walk.look(name, dns);
            if (record.filter(found -> found.suffix() != 'u').isPresent()) {
                break;
            }
            name = above(name);
        }
        return walk;
    }

    private static String above(String name) {
        String[] labels = name.split("\\.", -1);
        int kept = labels.length >= MOST_LABELS ? MOST_LABELS - 1 : labels.length - 1;
        return String.join(".", List.of(labels).subList(labels.length - kept, labels.length));
    }

    private Optional<DmarcRecord> look(String name, DnsRecords dns) {
        String place = "_dmarc." + name;
        switch (dns.find(place, Kind.TXT)) {
            case Found.None none -> {}
            case Found.Unknown unknown -> unanswered.put(place, unknown.reason());
            case Found.Records found -> {
                List<String> texts =
                        found.values().stream().filter(DmarcRecord::isDmarc).toList();
                if (texts.size() > 1) {
                    problems.put(place, "there are " + texts.size() + " records, which counts as none: leave one");
                } else if (texts.isEmpty()) {
                    String text = found.values().get(0);
                    if (text.toLowerCase(Locale.ROOT).contains("dmarc")) {
                        problems.put(place, "what is there does not begin with v=DMARC1; and counts as none");
                    }
                } else {
                    switch (DmarcRecord.read(texts.get(0))) {
                        case Reading.Malformed malformed -> problems.put(place, malformed.problem());
                        case Reading.WellFormed wellFormed -> {
                            steps.add(new Step(name, wellFormed.record()));
                            return Optional.of(wellFormed.record());
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** The record that decides about the domain: its own, or that of the organizational domain. */
    public Optional<DmarcRecord> record() {
        return step().map(Step::record);
    }

    /** Where that record stands: a name without {@code _dmarc}. */
    public Optional<String> recordAt() {
        return step().map(Step::name);
    }

    private Optional<Step> step() {
        String organization = organizationalDomain();
        return at(domain).or(() -> at(organization)).or(() -> steps.isEmpty() ? Optional.empty() : Optional.of(last()));
    }

    private Optional<Step> at(String name) {
        return steps.stream().filter(step -> step.name().equals(name)).findFirst();
    }

    private Step last() {
        return steps.get(steps.size() - 1);
    }

    /** Names under the same one belong together; the domain itself where no name above it says otherwise. */
    public String organizationalDomain() {
        if (steps.isEmpty()) {
            return domain;
        }
        Step last = last();
        boolean isSuffix = last.record().suffix() == 'y' && !last.name().equals(domain);
        return isSuffix ? names.get(names.indexOf(last.name()) - 1) : last.name();
    }

    /** By the place of the record: why receivers pass over what is there. */
    public Map<String, String> problems() {
        return Collections.unmodifiableMap(problems);
    }

    /** By the place: why nobody knows whether there is a record. */
    public Map<String, String> unanswered() {
        return Collections.unmodifiableMap(unanswered);
    }
}
