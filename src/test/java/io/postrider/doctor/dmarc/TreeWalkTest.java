package io.postrider.doctor.dmarc;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.doctor.TableDns;
import io.postrider.doctor.dmarc.DmarcRecord.Policy;
import io.postrider.doctor.dmarc.DmarcRecord.Reading;
import io.postrider.route.DnsRecords.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeWalkTest {

    private final TableDns dns = new TableDns();

    private TreeWalkTest publish(String domain, String record) {
        dns.record("_dmarc." + domain, Kind.TXT, record);
        return this;
    }

    private TreeWalk walk(String domain) {
        return TreeWalk.from(domain, dns);
    }

    @Test
    void findsTheDomainsOwnRecordFirst() {
        publish("news.example.com", "v=DMARC1; p=none").publish("example.com", "v=DMARC1; p=reject");

        assertThat(walk("news.example.com").recordAt()).contains("news.example.com");
        assertThat(walk("news.example.com").organizationalDomain()).isEqualTo("example.com");
        assertThat(walk("www.example.com").recordAt()).contains("example.com");
    }

    @Test
    void passesOverRecordsBetweenTheDomainAndItsOrganization() {
        publish("b.example.com", "v=DMARC1; p=none").publish("example.com", "v=DMARC1; p=reject");

        assertThat(walk("a.b.example.com").recordAt()).contains("example.com");
    }

    @Test
    void stopsWhereARecordSaysThatTheTreeEnds() {
        publish("com", "v=DMARC1; p=none; psd=y").publish("example.com", "v=DMARC1; p=reject");
        publish("own.example.org", "v=DMARC1; p=reject; psd=n").publish("example.org", "v=DMARC1; p=none");

        assertThat(walk("a.example.com").organizationalDomain()).isEqualTo("example.com");
        assertThat(walk("a.own.example.org").organizationalDomain()).isEqualTo("own.example.org");
        assertThat(dns.asked()).doesNotContain("_dmarc.example.org TXT");
    }

    @Test
    void takesTheSuffixesPolicyWhereTheOrganizationHasNone() {
        publish("bank", "v=DMARC1; p=reject; psd=y");

        assertThat(walk("a.example.bank").organizationalDomain()).isEqualTo("example.bank");
        assertThat(walk("a.example.bank").recordAt()).contains("bank");
    }

    @Test
    void asksAtMostEightTimes() {
        walk("a.b.c.d.e.f.g.h.i.j.mail.example.com");

        assertThat(dns.asked())
                .hasSize(8)
                .startsWith("_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com TXT", "_dmarc.g.h.i.j.mail.example.com TXT")
                .endsWith("_dmarc.com TXT");
    }

    @Test
    void countsSeveralRecordsAsNone() {
        publish("example.com", "v=DMARC1; p=none").publish("example.com", "v=DMARC1; p=reject");

        assertThat(walk("example.com").record()).isEmpty();
        assertThat(walk("example.com").problems())
                .containsEntry("_dmarc.example.com", "there are 2 records, which counts as none: leave one");
    }

    @Test
    void tellsUnknownFromMissing() {
        dns.failing("_dmarc.example.com");

        assertThat(walk("example.com").unanswered()).containsKey("_dmarc.example.com");
        assertThat(walk("example.com").problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v=DMARC1; p=none                              | NONE       | false | false",
                "v=DMARC1;p=quarantine;adkim=s;aspf=r;         | QUARANTINE | true  | false",
                "v = DMARC1 ; p = Reject ; aspf = S            | REJECT     | false | true",
                "v=DMARC1; p=reject; x-unknown=1; adkim=maybe  | REJECT     | false | false",
            })
    void readsRecords(String text, Policy policy, boolean strictDkim, boolean strictSpf) {
        DmarcRecord record = ((Reading.WellFormed) DmarcRecord.read(text)).record();

        assertThat(DmarcRecord.isDmarc(text)).isTrue();
        assertThat(record.policy()).isEqualTo(policy);
        assertThat(record.strictDkim()).isEqualTo(strictDkim);
        assertThat(record.strictSpf()).isEqualTo(strictSpf);
    }

    @Test
    void warnsOfTagsThatReceiversPassOver() {
        String text =
                "v=DMARC1; p=none; sp=nothing; pct=200; adkim=x; psd=q; t=?; rua=https://example.com,mailto:a@example.com";
        DmarcRecord record = ((Reading.WellFormed) DmarcRecord.read(text)).record();

        assertThat(record.warnings())
                .containsExactlyInAnyOrder(
                        "sp=nothing",
                        "pct=200",
                        "adkim=x",
                        "psd=q",
                        "t=?",
                        "rua=https://example.com (expected mailto:user@domain)");
        assertThat(record.reports()).containsExactly("mailto:a@example.com");
        assertThat(record.percent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=DMARC1",
                "v=DMARC1; rua=mailto:a@b.c",
                "v=DMARC1; p=block",
                "v=DMARC1; p=none; p=none",
                "v=DMARC1; p"
            })
    void refusesRecordsWithoutAPolicy(String text) {
        assertThat(DmarcRecord.read(text)).isInstanceOf(Reading.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=DMARC2; p=none", "p=none; v=DMARC1", "v=dmarc1; p=none", "v=DMARC1 p=none", "DMARC1"})
    void doesNotTakeOtherTextsForRecords(String text) {
        publish("example.com", text);

        assertThat(DmarcRecord.isDmarc(text)).isFalse();
        assertThat(walk("example.com").problems()).containsKey("_dmarc.example.com");
    }
}
