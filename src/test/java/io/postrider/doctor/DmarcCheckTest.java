package io.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DmarcCheckTest {

    private final TableDns dns = new TableDns();

    private String check(String domain, Verdict spf, Signature... signatures) {
        Remarks remarks = new Remarks(Topic.DMARC);
        new DmarcCheck(dns, Domain.of(domain), remarks).check(spf, List.of(signatures));
        return Consultation.lines(new Report(Domain.of(domain), remarks.all()), Topic.DMARC);
    }

    private static Signature by(String domain) {
        return new Signature(domain, "mail", Verdict.YES);
    }

    @ParameterizedTest
    @CsvSource({
        // From,         record of example.com,        d=,                 counts
        "example.com,      v=DMARC1; p=none,             example.com,        true",
        "example.com,      v=DMARC1; p=none; adkim=s,    example.com,        true",
        "news.example.com, v=DMARC1; p=none,             example.com,        true",
        "example.com,      v=DMARC1; p=none,             mail.example.com,   true",
        "news.example.com, v=DMARC1; p=none,             mail.example.com,   true",
        "news.example.com, v=DMARC1; p=none; adkim=s,    example.com,        false",
        "example.com,      v=DMARC1; p=none,             example.org,        false",
        "example.com,      v=DMARC1; p=none,             notexample.com,     false",
    })
    void knowsWhichSignaturesCount(String from, String record, String signed, boolean counts) {
        dns.with("_dmarc.example.com TXT " + record);

        String found = check(from, Verdict.NO, by(signed));

        assertThat(found.contains("mail passes by DKIM (d=" + signed + ")")).isEqualTo(counts);
        assertThat(found.contains("warn the signature of d=" + signed)).isEqualTo(!counts);
    }

    @Test
    void saysByWhatMailPasses() {
        dns.with("_dmarc.example.com TXT v=DMARC1; p=none; aspf=s");
        Signature unsure = new Signature("example.com", "mail", Verdict.UNSURE);

        assertThat(check("example.com", Verdict.YES, by("example.com")))
                .contains("OK mail passes by DKIM", "at example.com itself (aspf=s)");
        assertThat(check("example.com", Verdict.NO, by("example.com"))).contains("note mail passes by DKIM");
        assertThat(check("example.com", Verdict.YES)).contains("warn mail passes by SPF alone");
        assertThat(check("example.com", Verdict.NO)).contains("FIX neither SPF nor DKIM passes");
        assertThat(check("example.com", Verdict.UNSURE)).contains("unknown whether mail passes is not known");
        assertThat(check("example.com", Verdict.NO, unsure)).contains("unknown whether mail passes is not known");
    }

    @Test
    void proposesARecordAndSaysWhoAsksForIt() {
        assertThat(check("example.com", Verdict.YES, by("example.com")))
                .contains("FIX there is no DMARC record at example.com or above it. Google and Microsoft")
                .contains("publish _dmarc.example.com. IN TXT ( \"v=DMARC1; p=none; rua=mailto:");
    }

    @Test
    void doesNotCallARecordMissingThatNobodyCouldLookUp() {
        dns.failing("_dmarc.example.com");

        assertThat(check("example.com", Verdict.YES, by("example.com")))
                .contains("unknown _dmarc.example.com: the DNS does not answer")
                .doesNotContain("FIX");
    }

    @Test
    void wantsRecordsMendedThatReceiversPassOver() {
        dns.with("_dmarc.example.com TXT p=none; v=DMARC1");

        assertThat(check("example.com", Verdict.YES, by("example.com")))
                .contains("FIX _dmarc.example.com: what is there does not begin with v=DMARC1")
                .doesNotContain("there is no DMARC record");
    }

    @Test
    void advisesOnThePolicy() {
        dns.with("_dmarc.example.com TXT v=DMARC1; p=reject; sp=none; pct=50; adkim=maybe");

        assertThat(check("example.com", Verdict.YES, by("example.com")))
                .contains("OK _dmarc.example.com asks for reject")
                .contains("warn names below example.com are left open by sp=none")
                .contains("note pct=50")
                .contains("note nobody gets reports")
                .contains("warn receivers pass over adkim=maybe");
        assertThat(check("news.example.com", Verdict.YES, by("example.com")))
                .contains("OK _dmarc.example.com, which counts for news.example.com, asks for none")
                .contains("go on to sp=quarantine");
    }

    @Test
    void asksWhetherOthersWantTheReports() {
        dns.with(
                        """
                _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:a@reports.example,mailto:b@silent.example,mailto:c@sub.example.com,mailto:d@wants.example!10m
                example.com._report._dmarc.wants.example TXT v=DMARC1;
                """)
                .failing("example.com._report._dmarc.silent.example");

        assertThat(check("example.com", Verdict.YES, by("example.com")))
                .contains("warn reports to reports.example are not sent")
                .contains("publishes example.com._report._dmarc.reports.example. IN TXT")
                .contains("unknown example.com._report._dmarc.silent.example")
                .doesNotContain("sub.example.com", "wants.example are");
    }
}
