package io.postrider.doctor;

import io.postrider.doctor.spf.SpfEvaluation;
import io.postrider.doctor.spf.SpfOutcome;
import io.postrider.doctor.spf.SpfQuery;
import io.postrider.doctor.spf.SpfRecord;
import io.postrider.doctor.spf.SpfResult;
import io.postrider.mail.Domain;
import io.postrider.route.DnsRecords;
import io.postrider.route.ZoneLine;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Judges our addresses by the domain's record, and those of our own names by theirs (RFC 7208). */
final class SpfCheck {

    /** A record that grows beyond this no longer fits into an answer over UDP (RFC 7208 §3.4). */
    private static final int LONGEST_ADVISED = 450;

    private static final int MANY_LOOK_UPS = 8;

    private final DnsRecords dns;
    private final Domain domain;
    private final Remarks remarks;

    SpfCheck(DnsRecords dns, Domain domain, Remarks remarks) {
        this.dns = dns;
        this.domain = domain;
        this.remarks = remarks;
    }

    /** @return whether receivers accept every one of these addresses */
    Verdict check(List<SendingAddress> addresses) {
        List<SendingAddress> missing = new ArrayList<>();
        List<String> results = new ArrayList<>();
        Optional<SpfOutcome> any = Optional.empty();
        Verdict verdict = addresses.isEmpty() ? Verdict.UNSURE : Verdict.YES;
        for (SendingAddress address : addresses) {
            SpfOutcome outcome = judge(address, "postmaster", domain.name());
            any = Optional.of(outcome);
            tell(address, outcome);
            verdict = worse(verdict, outcome.result());
            if (isMissing(outcome)) {
                missing.add(address);
                results.add(
                        address.text() + " (" + outcome.result() + " by " + Printable.quoted(outcome.reason()) + ")");
            }
        }
        SpfOutcome last = any.orElseGet(this::ofNobody);
        if (addresses.isEmpty() && (last.result() == SpfResult.NONE || last.result() == SpfResult.PERMERROR)) {
            verdict = Verdict.NO;
        }
        tellOfRecord(last, missing, results);
        greetings(addresses);
        remarks.note(
                "SPF looks at the domain of MAIL FROM, which we pass on as it comes: this holds for mail from <...@"
                        + domain + ">; for another one, ask about that domain");
        return verdict;
    }

    /** Without an address of ours, the record itself can be looked at. */
    private SpfOutcome ofNobody() {
        SpfOutcome outcome = SpfEvaluation.evaluate(
                dns, new SpfQuery(InetAddress.getLoopbackAddress(), "postmaster", domain.name(), "localhost"));
        switch (outcome.result()) {
            case TEMPERROR -> remarks.unanswered(domain + " TXT", outcome.reason());
            case PERMERROR -> broken(outcome);
            case NONE, NEUTRAL, PASS, FAIL, SOFTFAIL -> {}
        }
        return outcome;
    }

    private SpfOutcome judge(SendingAddress address, String localPart, String of) {
        String ehlo = address.ehlo().stream().findFirst().orElse(of);
        return SpfEvaluation.evaluate(dns, new SpfQuery(address.address(), localPart, of, ehlo));
    }

    private static boolean isMissing(SpfOutcome outcome) {
        return switch (outcome.result()) {
            case NONE, NEUTRAL, FAIL, SOFTFAIL -> true;
            case PASS, TEMPERROR, PERMERROR -> false;
        };
    }

    private static Verdict worse(Verdict so, SpfResult result) {
        return switch (result) {
            case PASS -> so;
            case TEMPERROR -> so == Verdict.NO ? Verdict.NO : Verdict.UNSURE;
            case NONE, NEUTRAL, FAIL, SOFTFAIL, PERMERROR -> Verdict.NO;
        };
    }

    private void tell(SendingAddress address, SpfOutcome outcome) {
        String by = Printable.quoted(outcome.reason());
        switch (outcome.result()) {
            case PASS -> {
                String cost = outcome.lookUps() > 0 ? ", " + outcome.lookUps() + " of 10 look-ups" : "";
                if (outcome.byAll()) {
                    remarks.warn(
                            address.text() + " passes, as everybody does (" + by + ")",
                            "end the record, and those that it includes, in ~all or -all");
                } else {
                    remarks.ok(address.text() + " passes (" + by + cost + ")");
                }
                if (outcome.lookUps() >= MANY_LOOK_UPS) {
                    remarks.note(
                            "it takes " + outcome.lookUps() + " look-ups until then; 10 are allowed",
                            "put addresses in front of includes");
                }
            }
            case TEMPERROR -> remarks.unanswered(address.text(), outcome.reason());
            case PERMERROR -> broken(outcome);
            case NONE, NEUTRAL, FAIL, SOFTFAIL -> {
                // told of all addresses at once
            }
        }
        if (outcome.asksForSender()) {
            remarks.note("a macro of the record asks who sends; this was judged for postmaster@" + domain);
        }
    }

    private void broken(SpfOutcome outcome) {
        remarks.fix(
                "receivers cannot evaluate the record: " + outcome.reason(), "mend the record; until then it is void");
    }

    private void tellOfRecord(SpfOutcome outcome, List<SendingAddress> missing, List<String> results) {
        if (outcome.result() == SpfResult.NONE) {
            remarks.fix(
                    "there is no SPF record at " + domain,
                    "publish " + ZoneLine.text(domain.name(), "v=spf1" + terms(missing) + " ~all")
                            + ", with whatever else sends for the domain; -all once you know that it is complete");
            return;
        }
        if (outcome.record().isEmpty()) {
            return;
        }
        String text = outcome.record().get();
        remarks.note("the record is " + Printable.quoted(text));
        if (SpfRecord.read(text) instanceof SpfRecord.Reading.WellFormed read) {
            for (String warning : read.record().warnings()) {
                remarks.warn("the record is unwise", warning);
            }
        }
        if (!missing.isEmpty()) {
            String mended = text.substring(0, 6) + terms(missing) + text.substring(6);
            remarks.fix(
                    "the record does not cover " + String.join(", ", results),
                    mended.length() <= LONGEST_ADVISED
                            ? "replace it by " + ZoneLine.text(domain.name(), mended)
                            : "put" + terms(missing) + " behind v=spf1, and take out what is not used: it is long");
        }
    }

    private static String terms(List<SendingAddress> missing) {
        if (missing.isEmpty()) {
            return " ip4:ADDRESS";
        }
        return missing.stream()
                .map(address -> (address.isV4() ? " ip4:" : " ip6:") + address.text())
                .collect(Collectors.joining());
    }

    /** RFC 7208 §2.3: reports go out from {@code <>}, and for these the name in EHLO counts. */
    private void greetings(List<SendingAddress> addresses) {
        Set<String> told = new TreeSet<>();
        for (SendingAddress address : addresses) {
            for (String name : address.ehlo()) {
                SpfOutcome outcome = judge(address, "postmaster", name);
                switch (outcome.result()) {
                    case PASS, TEMPERROR -> {}
                    case NONE -> {
                        if (name.indexOf('.') > 0 && told.add(name)) {
                            remarks.note(
                                    "reports from <> are judged by the name in EHLO, and " + name + " has no record",
                                    "publish " + ZoneLine.text(name, "v=spf1 a -all"));
                        }
                    }
                    case NEUTRAL, FAIL, SOFTFAIL, PERMERROR ->
                        remarks.warn(
                                "reports from <> are judged by the name in EHLO: " + name + " gives "
                                        + address.text() + " " + outcome.result() + " ("
                                        + Printable.quoted(outcome.reason()) + ")",
                                "let the record of " + name + " cover it");
                }
            }
        }
    }
}
