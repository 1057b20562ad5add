package io.postrider.doctor;

import static io.postrider.doctor.Consultation.healthy;
import static io.postrider.doctor.Consultation.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.dkim.SigningKey;
import io.postrider.doctor.MxProbe.Seen;
import io.postrider.mail.IpLiteral;
import io.postrider.pem.Pem;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import io.postrider.signing.NewKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {

    @TempDir
    Path directory;

    private final TableDns dns = healthy();

    private Consultation ask() {
        return new Consultation(dns);
    }

    private Consultation askSigned(int bits) throws IOException, GeneralSecurityException {
        PrivateKey key = NewKey.rsa(bits);
        Path file = directory.resolve("key.pem");
        NewKey.write(key, file);
        dns.record("mail._domainkey.example.com", Kind.TXT, SigningKey.of(key).record());
        return ask().set("dkim.signers", "[{ domain = example.com, selector = mail, key-file = \"" + file + "\" }]");
    }

    @Test
    void findsNothingToFixWhereAllIsWell() throws Exception {
        Report report = askSigned(2048).routed("192.0.2.10").report();

        assertThat(report.isWell()).isTrue();
        assertThat(report.count(Mark.WARN)).isZero();
        assertThat(lines(report, Topic.SPF)).contains("OK 192.0.2.10 passes (ip4:192.0.2.0/28)");
        assertThat(lines(report, Topic.NAMES)).contains("OK 192.0.2.10 is called relay.example.com");
        assertThat(lines(report, Topic.DKIM)).contains("the DNS has our key (rsa-sha256, 2048 bits)");
        assertThat(lines(report, Topic.DMARC)).contains("OK mail passes by DKIM (d=example.com), and by SPF");
    }

    // ---- where mail comes from

    @Test
    void saysThatTheSystemsChoiceIsAGuess() {
        assertThat(lines(ask().routed("192.0.2.10").report(), Topic.ADDRESSES)).contains("note 192.0.2.10: a guess");
    }

    @Test
    void doesNotJudgeByAPrivateAddress() {
        Report report = ask().routed("10.1.2.3").report();

        assertThat(lines(report, Topic.ADDRESSES)).contains("unknown the system would send from 10.1.2.3", "--address");
        assertThat(lines(report, Topic.SPF)).doesNotContain("10.1.2.3");
        assertThat(report.isWell()).isFalse();
    }

    @Test
    void takesTheOutsideOfANatFromTheOperator() {
        Report report = ask().set("egress.sources.default.bind-v4", "10.1.2.3")
                .address("192.0.2.10")
                .report();

        assertThat(lines(report, Topic.ADDRESSES))
                .isEqualTo("OK 192.0.2.10: as you say, greets as relay.example.com\n");
        assertThat(lines(ask().set("egress.sources.default.bind-v4", "10.1.2.3").report(), Topic.ADDRESSES))
                .contains("unknown source default binds 10.1.2.3");
    }

    @Test
    void knowsWhichSourceAGivenAddressIsOf() {
        Report report = ask().set(
                        "egress.sources",
                        "{ default { bind-v4 = 10.0.0.1 }, b { bind-v4 = 10.0.0.2, ehlo = b.example.com } }")
                .set("egress.pools.default", "[{ source = default, weight = 1 }, { source = b, weight = 1 }]")
                .address("default", "192.0.2.10")
                .address("b", "192.0.2.11")
                .report();

        assertThat(lines(report, Topic.ADDRESSES))
                .contains("192.0.2.10: as you say, greets as relay.example.com\n")
                .contains("192.0.2.11: as you say, greets as b.example.com\n");
    }

    @Test
    void asksNothingOfSourcesThatNoPoolNames() {
        Report report = ask().set("egress.sources.spare", "{ bind-v4 = 10.0.0.9 }")
                .routed("192.0.2.10")
                .report();

        assertThat(lines(report, Topic.ADDRESSES)).doesNotContain("spare");
    }

    @Test
    void tellsThatReceiversSeeTheSmarthost() {
        assertThat(lines(
                        ask().set("egress.routes.\"*\"", "\"smart.example:587\"")
                                .report(),
                        Topic.ADDRESSES))
                .contains("through smart.example:587");
    }

    // ---- SPF

    @Test
    void writesTheRecordThatCoversWhatIsMissing() {
        Report report = ask().address("192.0.2.10")
                .address("198.51.100.7")
                .address("2001:db8::7")
                .report();

        assertThat(lines(report, Topic.SPF))
                .contains("FIX the record does not cover 198.51.100.7 (fail by -all), 2001:db8::7 (fail by -all)")
                .contains("replace it by example.com. IN TXT ( \"v=spf1 ip4:198.51.100.7 ip6:2001:db8::7"
                        + " ip4:192.0.2.0/28 -all\" )");
    }

    @Test
    void proposesARecordWhereThereIsNone() {
        Report report = new Consultation(new TableDns().record("example.com", Kind.TXT, "something"))
                .address("192.0.2.10")
                .report();

        assertThat(lines(report, Topic.SPF))
                .contains("FIX there is no SPF record at example.com -> publish example.com. IN TXT ( \"v=spf1"
                        + " ip4:192.0.2.10 ~all\" )");
    }

    @Test
    void neverTakesASilentDnsForAMissingRecord() {
        DnsRecords silent = (name, kind) -> new Found.Unknown("timed out");
        Report report = new Consultation(silent)
                .address("192.0.2.10")
                .probe(new Seen.Plain())
                .report();

        assertThat(report.count(Mark.FIX)).isZero();
        assertThat(report.isWell()).isFalse();
        assertThat(lines(report, Topic.SPF)).contains("unknown 192.0.2.10: the DNS does not answer (timed out)");
        assertThat(lines(report, Topic.MX)).contains("unknown example.com MX");
    }

    @Test
    void looksAtTheRecordWithoutKnowingAnAddress() {
        dns.record("example.com", Kind.TXT, "v=spf1 +all");

        assertThat(lines(ask().report(), Topic.SPF)).contains("FIX", "has 2 records, which counts as none");
    }

    @Test
    void judgesReportsByTheNameInEhlo() {
        Report report = ask().address("192.0.2.11").report();

        assertThat(lines(report, Topic.SPF)).contains("warn reports from <> are judged by the name in EHLO");
    }

    // ---- names

    @ParameterizedTest
    @CsvSource({
        "192.0.2.10,  relay.example.com,              false",
        "192.0.2.10,  ip-192-0-2-10.provider.example, true",
        "192.0.2.10,  10.2.0.192.pool.example,        true",
        "192.0.2.10,  dsl-77.provider.example,        true",
        "192.0.2.10,  static.customer.example,        true",
        "192.0.2.10,  mail10.example.com,             false",
        "192.0.2.10,  customers.example.com,          false",
        "2001:db8::1, mx.example.com,                 false",
    })
    void knowsNamesThatProvidersGive(String address, String name, boolean generic) {
        SendingAddress sending = new SendingAddress(
                IpLiteral.parse(address).orElseThrow(), SendingAddress.Origin.BOUND, Set.of("a.example"));

        assertThat(NameCheck.isGeneric(name, sending)).isEqualTo(generic);
    }

    @Test
    void wantsANameThatLeadsBack() {
        dns.record("11.2.0.192.in-addr.arpa", Kind.PTR, "elsewhere.example.com")
                .record("elsewhere.example.com", Kind.A, "192.0.2.99")
                .failing("13.2.0.192.in-addr.arpa");
        Report report = ask().address("192.0.2.11")
                .address("192.0.2.12")
                .address("192.0.2.13")
                .report();

        assertThat(lines(report, Topic.NAMES))
                .contains("FIX 192.0.2.11 is called elsewhere.example.com, but that name does not lead back")
                .contains("FIX 192.0.2.12 has no name", "publish 12.2.0.192.in-addr.arpa. IN PTR relay.example.com.")
                .contains("unknown 192.0.2.13, its PTR")
                .contains("warn the name in EHLO, relay.example.com, leads to another address than 192.0.2.12");
    }

    @Test
    void refusesToGreetByANicknameOrAsNobody() {
        assertThat(lines(
                        ask().set("egress.sources.default.ehlo", "relay")
                                .address("192.0.2.10")
                                .report(),
                        Topic.NAMES))
                .contains("FIX we greet as 'relay', which is not a full host name");
        assertThat(lines(
                        ask().set("egress.sources.default.ehlo", "gone.example.com")
                                .address("192.0.2.10")
                                .report(),
                        Topic.NAMES))
                .contains("FIX the name in EHLO, gone.example.com, leads to no address");
    }

    // ---- DKIM

    @Test
    void warnsWhereNothingSigns() {
        assertThat(lines(ask().report(), Topic.DKIM))
                .contains("warn nothing here signs mail of example.com", "dkim generate");
    }

    @Test
    void warnsOfShortKeysAndTests() throws Exception {
        Report report = askSigned(1024).report();
        assertThat(lines(report, Topic.DKIM))
                .contains("warn mail._domainkey.example.com: an RSA key of 1024 bits")
                .contains("OK mail._domainkey.example.com");

        SigningKey key =
                SigningKey.of(Pem.privateKey(Files.readAllBytes(directory.resolve("key.pem")), Optional.empty()));
        TableDns test = healthy()
                .record("mail._domainkey.example.com", Kind.TXT, key.record().replace("k=rsa;", "k=rsa; t=y;"));
        Report tested = new Consultation(test)
                .set(
                        "dkim.signers",
                        "[{ domain = example.com, selector = mail, key-file = \"" + directory.resolve("key.pem")
                                + "\" }]")
                .report();
        assertThat(lines(tested, Topic.DKIM)).contains("warn mail._domainkey.example.com is unwise", "(t=y)");
    }

    @Test
    void writesTheKeyThatTheDnsLacks() throws Exception {
        Consultation consultation = askSigned(2048);
        TableDns other = healthy();
        Report report = new Consultation(other)
                .set(
                        "dkim.signers",
                        "[{ domain = \"*\", selector = mail, key-file = \"" + directory.resolve("key.pem") + "\" }]")
                .report();

        assertThat(lines(report, Topic.DKIM))
                .contains("FIX mail._domainkey.example.com: there is no TXT record")
                .contains("publish mail._domainkey.example.com. IN TXT ( \"v=DKIM1; k=rsa; p=");
        assertThat(lines(consultation.report(), Topic.DKIM)).contains("OK mail._domainkey.example.com");
    }

    // ---- the domain's mail servers

    @Test
    void wantsMailServersThatTheWorldReaches() {
        TableDns bad = new TableDns()
                .with(
                        """
                        example.com MX 10 alias.example.com
                        example.com MX 20 inside.example.com
                        example.com MX 30 gone.example.com
                        example.com MX 40 192.0.2.1
                        example.com MX 50 silent.example.com
                        alias.example.com CNAME real.example.com
                        alias.example.com A 198.51.100.1
                        inside.example.com A 10.0.0.1
                        """)
                .failing("silent.example.com");

        assertThat(lines(new Consultation(bad).report(), Topic.MX))
                .contains("FIX the MX alias.example.com is an alias of real.example.com")
                .contains("FIX the MX inside.example.com leads to 10.0.0.1")
                .contains("FIX the MX gone.example.com has no address")
                .contains("FIX the MX 192.0.2.1 is an address, not a name")
                .contains("unknown silent.example.com A");
    }

    @Test
    void knowsNoMxNullMxAndNoDomainApart() {
        assertThat(lines(new Consultation(new TableDns().with("example.com MX 0 .")).report(), Topic.MX))
                .contains("null MX");
        assertThat(lines(new Consultation(new TableDns().with("example.com A 198.51.100.1")).report(), Topic.MX))
                .contains("warn example.com has no MX");
        assertThat(lines(new Consultation(new TableDns().with("example.com TXT x")).report(), Topic.MX))
                .contains("FIX example.com has neither an MX nor an address");
        assertThat(lines(new Consultation(new TableDns()).report(), Topic.MX))
                .contains("FIX the domain example.com does not exist");
    }

    @Test
    void tellsHowMailServersEncrypt() {
        assertThat(mx(new Seen.NotReached("timed out")))
                .contains("note mx.example.com at 198.51.100.25 was not reached");
        assertThat(mx(new Seen.Refused("it greets with 554 no"))).contains("warn ", "554 no");
        assertThat(mx(new Seen.Plain())).contains("warn ", "without STARTTLS");
        assertThat(mx(new Seen.HandshakeFailed("protocol_version")))
                .contains("warn ", "the handshake fails: protocol_version");
        assertThat(mx(encrypted(Duration.ofDays(90), Optional.empty())))
                .contains("OK mx.example.com at 198.51.100.25 answers and speaks TLSv1.3");
        assertThat(mx(encrypted(Duration.ofDays(3), Optional.empty()))).contains("warn ", "ends in 3 days");
        assertThat(mx(encrypted(Duration.ofDays(-3), Optional.of("not trusted"))))
                .contains("ended at 2026-05-29", "not trusted");
    }

    private String mx(Seen seen) {
        return lines(ask().probe(seen).report(), Topic.MX);
    }

    private static Seen encrypted(Duration left, Optional<String> problem) {
        return new Seen.Encrypted(
                "TLSv1.3", "TLS_AES_256_GCM_SHA384", Optional.of(Consultation.NOW.plus(left)), problem);
    }

    @Test
    void notesWhatIsPromisedAboutTls() {
        dns.record("_mta-sts.example.com", Kind.TXT, "v=STSv1; id=1")
                .record("_smtp._tls.example.com", Kind.TXT, "v=TLSRPTv1; rua=mailto:a@example.com")
                .record("_25._tcp.mx.example.com", Kind.TLSA, "3 1 1 00");

        assertThat(lines(ask().report(), Topic.MX)).contains("MTA-STS (RFC 8461)", "RFC 8460", "DANE (RFC 7672)");
    }

    // ---- strangers

    @Test
    void printsNothingThatStrangersWroteAsItIs() {
        String hostile = "\u001b]0;owned\u0007\u009b31m\r\n" + "x".repeat(60_000);
        DnsRecords everywhere = (name, kind) -> switch (kind) {
            case TXT -> new Found.Records(List.of("v=spf1 " + hostile, "v=DMARC1; p=none; rua=" + hostile));
            case MX -> new Found.Records(List.of("10 " + hostile));
            case A, AAAA -> new Found.Records(List.of(hostile));
            case PTR, CNAME, TLSA -> new Found.Records(List.of(hostile));
        };
        Report report = new Consultation(everywhere)
                .address("192.0.2.10")
                .probe(new Seen.Refused(hostile))
                .report();

        for (Remark remark : report.remarks()) {
            String text = remark.found() + remark.advice().orElse("");
            assertThat(text.chars().filter(c -> c < ' ' || (c > '~' && c != '§' && c != '…')))
                    .as(text)
                    .isEmpty();
            assertThat(text).hasSizeLessThan(8_000);
        }
        assertThat(report.remarks()).hasSizeLessThan(200);
    }

    @Test
    void asksABoundedNumberOfQuestions() {
        String many = IntStream.range(0, 500)
                .mapToObj(i -> "10 mx" + i + ".example.com")
                .collect(Collectors.joining("\n"));
        int[] asked = {0};
        DnsRecords endless = (name, kind) -> {
            asked[0]++;
            return switch (kind) {
                case MX, PTR -> new Found.Records(many.lines().toList());
                case TXT -> new Found.Records(List.of("v=spf1 mx ptr include:" + asked[0] + ".example.com -all"));
                case A, AAAA -> new Found.Records(List.of("192.0.2." + asked[0] % 200));
                case CNAME, TLSA -> new Found.None(true);
            };
        };
        Consultation consultation = new Consultation(endless);
        IntStream.range(1, 200).forEach(i -> consultation.address("203.0.113." + i));

        consultation.report();

        assertThat(asked[0]).isLessThanOrEqualTo(500);
    }
}
