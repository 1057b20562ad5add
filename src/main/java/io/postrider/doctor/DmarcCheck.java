package io.postrider.doctor;

import io.postrider.doctor.dmarc.DmarcRecord;
import io.postrider.doctor.dmarc.DmarcRecord.Policy;
import io.postrider.doctor.dmarc.TreeWalk;
import io.postrider.mail.Domain;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import io.postrider.route.ZoneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The policy of the author's domain, and whether SPF or DKIM of ours satisfies it. */
final class DmarcCheck {

    /** Beyond these nobody is asked for leave to be sent reports. */
    private static final int MOST_REPORTS = 5;

    private static final String LARGE_RECEIVERS =
            "Google and Microsoft, of those who send them more than 5,000 a day, and"
                    + " Yahoo ask for SPF, DKIM and a DMARC record, with one of the two aligned";

    private final DnsRecords dns;
    private final Domain domain;
    private final Remarks remarks;

    DmarcCheck(DnsRecords dns, Domain domain, Remarks remarks) {
        this.dns = dns;
        this.domain = domain;
        this.remarks = remarks;
    }

    /**
     * @param spf of mail from a sender in this domain
     * @param signatures that its mail gets
     */
    void check(Verdict spf, List<Signature> signatures) {
        TreeWalk walk = TreeWalk.from(domain.name(), dns);
        walk.unanswered().forEach(remarks::unanswered);
        walk.problems()
                .forEach((place, problem) -> remarks.fix(
                        place + ": " + problem, "receivers pass it over until it is mended; " + proposal()));
        Optional<DmarcRecord> record = walk.record();
        if (record.isPresent()) {
            tell(record.get(), walk.recordAt().orElse(domain.name()));
        } else if (walk.unanswered().isEmpty() && walk.problems().isEmpty()) {
            remarks.fix("there is no DMARC record at " + domain + " or above it. " + LARGE_RECEIVERS, proposal());
        }
        aligned(record, walk, spf, signatures);
    }

    private String proposal() {
        return "publish "
                + ZoneLine.text("_dmarc." + domain, "v=DMARC1; p=none; rua=mailto:dmarc-reports@" + domain)
                + ", with an address that you read";
    }

    private void tell(DmarcRecord record, String at) {
        boolean own = at.equals(domain.name());
        Policy policy = own ? record.policy() : record.policyBelow();
        remarks.ok("_dmarc." + at + (own ? "" : ", which counts for " + domain + ",") + " asks for " + policy
                + " of mail that fails");
        if (policy == Policy.NONE) {
            remarks.note(
                    "with none, mail in your name that is forged gets through",
                    "once reports show that all your mail passes, go on to " + (own ? "p" : "sp") + "=quarantine, then"
                            + " reject");
        }
        if (own && record.policyBelow().compareTo(record.policy()) < 0) {
            remarks.warn(
                    "names below " + domain + " are left open by sp=" + record.policyBelow(),
                    "raise sp, or take it out: p counts for them then");
        }
        if (record.percent().isPresent() && record.percent().getAsInt() < 100) {
            remarks.note(
                    "pct=" + record.percent().getAsInt() + ": receivers by RFC 9989 pass it over, and apply the"
                            + " policy to all mail",
                    "take pct out");
        }
        if (record.testing()) {
            remarks.note("t=y: it is said to be a test, and receivers are one step milder", "take it out in the end");
        }
        for (String warning : record.warnings()) {
            remarks.warn("receivers pass over " + Printable.quoted(warning), "mend or remove it");
        }
        reports(record, at);
    }

    private void reports(DmarcRecord record, String at) {
        if (record.reports().isEmpty()) {
            remarks.note(
                    "nobody gets reports of what passes and what fails",
                    "add rua=mailto:ADDRESS to the record of _dmarc." + at);
        }
        List<String> some = record.reports()
                .subList(0, Math.min(MOST_REPORTS, record.reports().size()));
        for (String report : some) {
            String host = report.substring(report.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
            int size = host.indexOf('!');
            String to = size < 0 ? host : host.substring(0, size);
            if (!TreeWalk.from(to, dns).organizationalDomain().equals(organization(at))) {
                consent(at, to);
            }
        }
    }

    private String organization(String of) {
        return TreeWalk.from(of, dns).organizationalDomain();
    }

    /** RFC 7489 §7.1: another domain must say that it wants the reports. */
    private void consent(String at, String to) {
        String place = at + "._report._dmarc." + to;
        switch (dns.find(place, Kind.TXT)) {
            case Found.Unknown unknown -> remarks.unanswered(place, unknown.reason());
            case Found.None none -> noConsent(place, to);
            case Found.Records found -> {
                if (found.values().stream().noneMatch(DmarcRecord::isDmarc)) {
                    noConsent(place, to);
                }
            }
        }
    }

    private void noConsent(String place, String to) {
        remarks.warn(
                "reports to " + Printable.quoted(to) + " are not sent, for it does not say that it wants them",
                "whoever runs it publishes " + Printable.quoted(place) + ". IN TXT \"v=DMARC1\"");
    }

    private void aligned(Optional<DmarcRecord> record, TreeWalk walk, Verdict spf, List<Signature> signatures) {
        boolean strictSpf = record.filter(DmarcRecord::strictSpf).isPresent();
        boolean strictDkim = record.filter(DmarcRecord::strictDkim).isPresent();
        List<Signature> fitting = new ArrayList<>();
        for (Signature signature : signatures) {
            boolean related = record.isPresent()
                    ? organization(signature.domain()).equals(walk.organizationalDomain())
                    : areKin(signature.domain(), domain.name());
            boolean fits = signature.domain().equals(domain.name()) || (!strictDkim && related);
            if (fits) {
                fitting.add(signature);
            } else {
                remarks.warn(
                        "the signature of d=" + signature.domain() + " does not count for mail from " + domain
                                + (strictDkim ? ", for adkim=s wants the very domain" : ""),
                        "sign as " + domain + " (sign-as of the signer)");
            }
        }
        Verdict dkim = fitting.stream().anyMatch(one -> one.verifies() == Verdict.YES)
                ? Verdict.YES
                : fitting.stream().anyMatch(one -> one.verifies() == Verdict.UNSURE) ? Verdict.UNSURE : Verdict.NO;
        String where = strictSpf
                ? "MAIL FROM is at " + domain + " itself (aspf=s)"
                : "MAIL FROM is at " + domain + " or another name under " + walk.organizationalDomain();
        String byWhom = fitting.stream()
                .filter(one -> one.verifies() == Verdict.YES)
                .map(one -> "d=" + one.domain())
                .distinct()
                .collect(Collectors.joining(", "));
        verdict(spf, dkim, where, byWhom);
    }

    /** Where no record tells what belongs together, a name and one below it are taken to. */
    private static boolean areKin(String one, String other) {
        return one.endsWith("." + other) || other.endsWith("." + one);
    }

    private void verdict(Verdict spf, Verdict dkim, String where, String byWhom) {
        if (spf == Verdict.YES && dkim == Verdict.YES) {
            remarks.ok("mail passes by DKIM (" + byWhom + "), and by SPF where " + where);
        } else if (dkim == Verdict.YES) {
            remarks.note("mail passes by DKIM (" + byWhom + ") alone; by SPF too once it is well and " + where);
        } else if (spf == Verdict.YES) {
            remarks.warn(
                    "mail passes by SPF alone, where " + where + "; forwarded mail fails",
                    "sign it, as said under DKIM");
        } else if (spf == Verdict.NO && dkim == Verdict.NO) {
            remarks.fix(
                    "neither SPF nor DKIM passes for " + domain + ". " + LARGE_RECEIVERS,
                    "do what is said under SPF and DKIM");
        } else {
            remarks.unknown("whether mail passes is not known", "see SPF and DKIM");
        }
    }
}
