package io.postrider.doctor.spf;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.doctor.TableDns;
import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords.Kind;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpfEvaluationTest {

    /** The zones of RFC 7208 appendix A. */
    private final TableDns dns = new TableDns()
            .with(
                    """
                    example.com MX 10 mail-a.example.com
                    example.com MX 20 mail-b.example.com
                    example.com A 192.0.2.10
                    example.com A 192.0.2.11
                    amy.example.com A 192.0.2.65
                    bob.example.com A 192.0.2.66
                    mail-a.example.com A 192.0.2.129
                    mail-b.example.com A 192.0.2.130
                    example.org MX 10 mail-c.example.org
                    mail-c.example.org A 192.0.2.140
                    10.2.0.192.in-addr.arpa PTR example.com
                    11.2.0.192.in-addr.arpa PTR example.com
                    65.2.0.192.in-addr.arpa PTR amy.example.com
                    66.2.0.192.in-addr.arpa PTR bob.example.com
                    129.2.0.192.in-addr.arpa PTR mail-a.example.com
                    130.2.0.192.in-addr.arpa PTR mail-b.example.com
                    140.2.0.192.in-addr.arpa PTR mail-c.example.org
                    4.0.0.10.in-addr.arpa PTR bob.example.com
                    """);

    private SpfOutcome judge(String address) {
        return judge(address, "example.com");
    }

    private SpfOutcome judge(String address, String domain) {
        return SpfEvaluation.evaluate(
                dns, new SpfQuery(IpLiteral.parse(address).orElseThrow(), "strong-bad", domain, "mx.example.org"));
    }

    private SpfEvaluationTest publish(String domain, String record) {
        dns.record(domain, Kind.TXT, record);
        return this;
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 7208 A.1
        "v=spf1 +all,                             10.0.0.4,    pass",
        "v=spf1 a -all,                           192.0.2.10,  pass",
        "v=spf1 a -all,                           192.0.2.11,  pass",
        "v=spf1 a -all,                           192.0.2.12,  fail",
        "v=spf1 a:example.org -all,               192.0.2.10,  fail",
        "v=spf1 mx -all,                          192.0.2.129, pass",
        "v=spf1 mx -all,                          192.0.2.130, pass",
        "v=spf1 mx -all,                          192.0.2.10,  fail",
        "v=spf1 mx:example.org -all,              192.0.2.140, pass",
        "v=spf1 mx:example.org -all,              192.0.2.129, fail",
        "v=spf1 mx mx:example.org -all,           192.0.2.130, pass",
        "v=spf1 mx mx:example.org -all,           192.0.2.140, pass",
        "v=spf1 mx/30 mx:example.org/30 -all,     192.0.2.131, pass",
        "v=spf1 mx/30 mx:example.org/30 -all,     192.0.2.143, pass",
        "v=spf1 mx/30 mx:example.org/30 -all,     192.0.2.132, fail",
        "v=spf1 ptr -all,                         192.0.2.65,  pass",
        "v=spf1 ptr -all,                         192.0.2.140, fail",
        "v=spf1 ptr -all,                         10.0.0.4,    fail",
        "v=spf1 ip4:192.0.2.128/28 -all,          192.0.2.65,  fail",
        "v=spf1 ip4:192.0.2.128/28 -all,          192.0.2.129, pass",
        // Signs, families, what decides first
        "v=spf1,                                  192.0.2.1,   neutral",
        "v=spf1 -ip4:192.0.2.1 +all,              192.0.2.1,   fail",
        "v=spf1 ~all,                             192.0.2.1,   softfail",
        "v=spf1 ?all,                             192.0.2.1,   neutral",
        "V=SPF1 IP4:192.0.2.1 -ALL,               192.0.2.1,   pass",
        "v=spf1 ip6:2001:db8::/32 -all,           2001:db8::1, pass",
        "v=spf1 ip6:2001:db8::/32 -all,           2001:db9::1, fail",
        "v=spf1 ip4:0.0.0.0/0 -all,               2001:db8::1, fail",
        "v=spf1 a//64 -all,                       192.0.2.10,  pass",
        "v=spf1 a/24//64 -all,                    192.0.2.99,  pass",
        "v=spf1 unknown=%{s} -all,                192.0.2.1,   fail",
        "v=spf1 exp=why.%{d} -all,                192.0.2.1,   fail",
    })
    void judgesARecord(String record, String address, String expected) {
        publish("example.com", record);

        assertThat(judge(address).result()).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=spf1 a:",
                "v=spf1 include",
                "v=spf1 ip4",
                "v=spf1 ip4:192.0.2.300",
                "v=spf1 ip4:192.0.2.0/33",
                "v=spf1 ip4:2001:db8::1",
                "v=spf1 ip6:192.0.2.1",
                "v=spf1 all:x",
                "v=spf1 -all.",
                "v=spf1 a/33",
                "v=spf1 a/024",
                "v=spf1 a:example.com/24/64",
                "v=spf1 ipv4:192.0.2.1",
                "v=spf1 include:%{x}.example.com",
                "v=spf1 include:%{c}.example.com",
                "v=spf1 include:50%.example.com",
                "v=spf1 include:example.123",
                "v=spf1 redirect=a.example redirect=b.example",
                "v=spf1 \u00a0all",
                "v=spf1 a:\u001b[31mred.example",
                "v=spf1 +all garbage",
            })
    void refusesWhatIsNoRecord(String record) {
        publish("example.com", record);

        assertThat(judge("192.0.2.1").result()).isEqualTo(SpfResult.PERMERROR);
    }

    @Test
    void followsIncludesAndRedirects() {
        publish("example.com", "v=spf1 include:spf.example.net ~all");
        publish("spf.example.net", "v=spf1 ip4:192.0.2.77 -all");
        publish("la.example.com", "v=spf1 redirect=example.com");

        assertThat(judge("192.0.2.77").reason()).isEqualTo("include:spf.example.net, there ip4:192.0.2.77");
        assertThat(judge("192.0.2.78").result()).isEqualTo(SpfResult.SOFTFAIL);
        assertThat(judge("192.0.2.77", "la.example.com").result()).isEqualTo(SpfResult.PASS);
        assertThat(judge("192.0.2.77", "la.example.com").lookUps()).isEqualTo(2);
    }

    @Test
    void takesAnIncludeOrRedirectWithoutARecordForAnError() {
        publish("example.com", "v=spf1 include:gone.example -all");
        publish("example.net", "v=spf1 redirect=gone.example");

        assertThat(judge("192.0.2.1").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(judge("192.0.2.1", "example.net").result()).isEqualTo(SpfResult.PERMERROR);
    }

    @Test
    void knowsNoneSeveralAndUnknownApart() {
        publish("two.example", "v=spf1 -all").publish("two.example", "v=spf1 a -all");
        publish("other.example", "v=spf10 -all").publish("other.example", "google-site-verification=1");
        dns.failing("servfail.example");

        assertThat(judge("192.0.2.1", "two.example").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(judge("192.0.2.1", "other.example").result()).isEqualTo(SpfResult.NONE);
        assertThat(judge("192.0.2.1", "nowhere.example").result()).isEqualTo(SpfResult.NONE);
        assertThat(judge("192.0.2.1", "servfail.example").result()).isEqualTo(SpfResult.TEMPERROR);
    }

    @Test
    void endsAfterTenLookUps() {
        publish("example.com", "v=spf1 " + "a ".repeat(10) + "-all");
        publish("example.net", "v=spf1 " + "a:example.com ".repeat(11) + "-all");

        assertThat(judge("192.0.2.1").result()).isEqualTo(SpfResult.FAIL);
        assertThat(judge("192.0.2.1", "example.net").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(judge("192.0.2.10", "example.net").result()).isEqualTo(SpfResult.PASS);
    }

    @Test
    void endsInALoopOfIncludes() {
        publish("example.com", "v=spf1 include:example.net -all");
        publish("example.net", "v=spf1 include:example.com -all");
        publish("self.example", "v=spf1 redirect=self.example");

        assertThat(judge("192.0.2.1").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(judge("192.0.2.1", "self.example").reason()).contains("more than 10 look-ups");
        assertThat(dns.asked()).hasSizeLessThan(30);
    }

    @Test
    void endsAfterTwoLookUpsInVain() {
        publish("example.com", "v=spf1 a:gone1.example a:gone2.example -all");
        publish("example.net", "v=spf1 a:gone1.example mx:gone2.example exists:gone3.example -all");

        assertThat(judge("192.0.2.1").result()).isEqualTo(SpfResult.FAIL);
        assertThat(judge("192.0.2.1", "example.net").reason()).contains("exists:gone3.example", "4.6.4");
    }

    @Test
    void endsAtAnMxWithTooManyHosts() {
        IntStream.range(0, 11).forEach(i -> dns.record("many.example", Kind.MX, i + " mail-a.example.com"));
        publish("many.example", "v=spf1 mx -all");

        assertThat(judge("192.0.2.129", "many.example").result()).isEqualTo(SpfResult.PERMERROR);
    }

    @Test
    void saysWhenTheDnsDoesNotAnswerOnTheWay() {
        publish("example.com", "v=spf1 include:servfail.example -all");
        dns.failing("servfail.example");

        assertThat(judge("192.0.2.1").result()).isEqualTo(SpfResult.TEMPERROR);
    }

    @Test
    void takesAFailingReverseLookUpForNoMatch() {
        publish("example.com", "v=spf1 ptr -all");
        dns.failing("65.2.0.192.in-addr.arpa");

        assertThat(judge("192.0.2.65").result()).isEqualTo(SpfResult.FAIL);
    }

    /** RFC 7208 A.4: a list of addresses asked for by a macro. */
    @Test
    void asksForWhatMacrosStandFor() {
        publish("example.com", "v=spf1 -exists:%{ir}.sbl.example.net exists:%{l1r-}.%{h}.ok.example -all");
        dns.record("3.2.0.192.sbl.example.net", Kind.A, "127.0.0.2");
        dns.record("strong.mx.example.org.ok.example", Kind.A, "127.0.0.2");

        assertThat(judge("192.0.2.3").result()).isEqualTo(SpfResult.FAIL);
        assertThat(judge("192.0.2.4").result()).isEqualTo(SpfResult.PASS);
        assertThat(judge("192.0.2.4").asksForSender()).isTrue();
    }

    @Test
    void noticesThatEverybodyPasses() {
        publish("example.com", "v=spf1 include:anybody.example -all");
        publish("anybody.example", "v=spf1 +all");

        assertThat(judge("192.0.2.1").byAll()).isTrue();
    }

    /** RFC 7208 §7.4, and §7.3 for what is too long. */
    @ParameterizedTest
    @CsvSource({
        "%{s},                     strong-bad@email.example.com",
        "%{o},                     email.example.com",
        "%{d},                     email.example.com",
        "%{d4},                    email.example.com",
        "%{d2},                    example.com",
        "%{d1},                    com",
        "%{dr},                    com.example.email",
        "%{d2r},                   example.email",
        "%{l},                     strong-bad",
        "%{l-},                    strong.bad",
        "%{lr},                    strong-bad",
        "%{lr-},                   bad.strong",
        "%{l1r-},                  strong",
        "%{ir}.%{v}._spf.%{d2},    3.2.0.192.in-addr._spf.example.com",
        "%{lr-}.lp._spf.%{d2},     bad.strong.lp._spf.example.com",
        "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}, 3.2.0.192.in-addr.strong.lp._spf.example.com",
        "%{d2}.trusted-domains.example.net, example.com.trusted-domains.example.net",
        "%{p}.x.example,           unknown.x.example",
        "a%%b%_c%-d.example,       a%b c%20d.example",
        "%{S}.example,             strong-bad%40email.example.com.example",
    })
    void expandsMacros(String macro, String expected) throws SpfSyntaxException {
        SpfQuery query = new SpfQuery(
                IpLiteral.parse("192.0.2.3").orElseThrow(), "strong-bad", "email.example.com", "mx.example.org");
        SpfMacros values = new SpfMacros(query, "email.example.com", new ReverseNames(new TableDns(), query.address()));

        assertThat(MacroText.domain(macro).expand(values)).isEqualTo(expected);
    }

    @Test
    void expandsAnAddressOfTheNewFamilyByNibbles() throws SpfSyntaxException {
        SpfQuery query = new SpfQuery(
                IpLiteral.parse("2001:db8::cb01").orElseThrow(), "strong-bad", "email.example.com", "mx.example.org");
        SpfMacros values = new SpfMacros(query, query.domain(), new ReverseNames(new TableDns(), query.address()));

        assertThat(MacroText.domain("%{ir}.%{v}._spf.%{d2}").expand(values))
                .isEqualTo("1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com");
    }

    @Test
    void cutsLongNamesFromTheLeft() throws SpfSyntaxException {
        String text = IntStream.range(0, 60).mapToObj(i -> "label" + i).collect(Collectors.joining(".")) + ".example";

        String name = MacroText.domain(text).expand(letter -> "");

        assertThat(name).hasSizeLessThanOrEqualTo(253).startsWith("label").endsWith(".label59.example");
        assertThat(text).endsWith("." + name);
        assertThat(MacroText.domain("a".repeat(300) + ".example").expand(letter -> ""))
                .isEqualTo("example");
    }

    @Test
    void warnsOfWhatIsUnwise() {
        assertThat(warnings("v=spf1 +all")).contains("anybody in the world");
        assertThat(warnings("v=spf1 ptr -all")).contains("deprecated");
        assertThat(warnings("v=spf1 a")).contains("no all at its end");
        assertThat(warnings("v=spf1 -all a")).contains("never looked at");
        assertThat(warnings("v=spf1 a -all")).isEmpty();
        assertThat(warnings("v=spf1 redirect=a.example")).isEmpty();
    }

    private static String warnings(String text) {
        return Optional.of(SpfRecord.read(text))
                .map(SpfRecord.Reading.WellFormed.class::cast)
                .map(read -> String.join("; ", read.record().warnings()))
                .orElseThrow();
    }
}
