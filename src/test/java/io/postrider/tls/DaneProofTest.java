package io.postrider.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which certificates fit which TLSA records: RFC 7671 §5 and §9, RFC 7672 §3. */
class DaneProofTest {

    private static final String HOST = "mx.example.com";
    private static final List<String> NAMES = List.of(HOST, "example.com");
    private static final Duration VALID = Duration.ofDays(90);
    private static final Duration OVER = Duration.ofDays(-1);

    private static final TestCertificates ROOT = new TestCertificates();
    private static final TestCertificates.Made MIDDLE = TestCertificates.under(ROOT.root(), "Middle", VALID);
    private static final TestCertificates.Made OLD_MIDDLE = TestCertificates.under(ROOT.root(), "Old Middle", OVER);
    private static final X509Certificate GOOD =
            TestCertificates.under(MIDDLE, HOST, VALID, HOST).certificate();
    private static final X509Certificate FOR_DOMAIN =
            TestCertificates.under(MIDDLE, "example.com", VALID, "example.com").certificate();
    private static final X509Certificate WILD =
            TestCertificates.under(MIDDLE, "wild", VALID, "*.example.com").certificate();
    private static final X509Certificate EXPIRED =
            TestCertificates.under(MIDDLE, HOST, OVER, HOST).certificate();
    private static final X509Certificate OTHER_NAME =
            TestCertificates.under(MIDDLE, "other.test", VALID, "other.test").certificate();
    private static final X509Certificate UNDER_OLD =
            TestCertificates.under(OLD_MIDDLE, HOST, VALID, HOST).certificate();
    private static final TestCertificates.Made SELF_SIGNED = TestCertificates.selfSigned(HOST);
    private static final TestCertificates.Made NO_AUTHORITY =
            TestCertificates.under(MIDDLE, "leaf", VALID, "leaf.test");
    private static final X509Certificate BY_NO_AUTHORITY =
            TestCertificates.under(NO_AUTHORITY, HOST, VALID, HOST).certificate();
    private static final X509Certificate STRANGER = TestCertificates.under(
                    new TestCertificates().root(), HOST, VALID, HOST)
            .certificate();

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                // DANE-EE: the certificate or its key, in all ways to say it.
                "good | 3 0 0 own | yes",
                "good | 3 0 1 own | yes",
                "good | 3 0 2 own | yes",
                "good | 3 1 0 own | yes",
                "good | 3 1 1 own | yes",
                "good | 3 1 2 own | yes",
                "self-signed | 3 1 1 own | yes",
                // Neither dates nor names matter.
                "expired | 3 1 1 own | yes",
                "other name | 3 1 1 own | yes",
                "good | 3 1 1 stranger | fits none of the TLSA records of mx.example.com",
                "good | 3 0 1 middle | fits none of the TLSA records",
                // DANE-TA: an authority among what the server showed.
                "good | 2 0 1 middle | yes",
                "good | 2 1 1 middle | yes",
                "good | 2 1 2 root | yes",
                "good | 2 0 0 root | yes",
                "for the domain | 2 0 1 middle | yes",
                "wild card | 2 0 1 middle | yes",
                // An authority that it did not show, but the record holds: the certificate, or the bare key.
                "good, without root | 2 0 0 root | yes",
                "good, without root | 2 1 0 root | yes",
                "good, alone | 2 0 0 middle | yes",
                "good, alone | 2 1 0 middle | yes",
                "good, without root | 2 0 1 root | fits none of the TLSA records",
                "good, alone | 2 1 0 root | does not lead to the authority of the TLSA records",
                // Here dates, names and signatures do matter.
                "expired | 2 0 1 middle | does not lead to the authority of the TLSA records: NotAfter",
                "under an old authority | 2 0 1 old | does not lead to the authority of the TLSA records: NotAfter",
                "other name | 2 0 1 middle | is for other.test and not for mx.example.com or example.com",
                "stranger with our chain | 2 0 1 middle | does not lead to the authority of the TLSA records",
                "by no authority | 2 0 1 leaf | does not lead to the authority of the TLSA records",
                // The server's own certificate is no authority, whatever a record says.
                "self-signed | 2 0 1 own | fits none of the TLSA records",
                // Several records, as keys are rolled over: one is enough.
                "good | 3 1 1 stranger, 3 1 1 own | yes",
                "good | 3 1 1 own, 3 1 1 stranger | yes",
                "good | 2 0 1 root, 3 1 1 stranger | yes",
                "other name | 2 0 1 middle, 3 1 1 own | yes",
                "expired | 2 0 1 middle, 3 1 1 stranger | does not lead to the authority",
                // Of several digests the best counts alone, each usage and selector for itself (RFC 7671 §9).
                "good | 3 1 1 own, 3 1 2 stranger | fits none of the TLSA records",
                "good | 3 1 2 own, 3 1 1 stranger | yes",
                "good | 3 1 1 own, 3 0 2 stranger | yes",
                "good | 3 1 1 own, 2 1 2 stranger | yes",
                "good | 3 1 0 own, 3 1 2 stranger | yes",
            })
    void fits(String server, String records, String expected) throws Exception {
        List<X509Certificate> chain = chain(server);
        List<Tlsa> tlsa = new ArrayList<>();
        for (String record : records.split(", ")) {
            tlsa.add(record(record, chain.get(0)));
        }

        String found = DaneProof.problem(chain, tlsa, NAMES, Instant.now()).orElse("yes");

        assertThat(tlsa).allMatch(Tlsa::isUsable);
        assertThat(found).contains(expected);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource({
        "3, 1, 1, 32, true",
        "2, 0, 1, 32, true",
        "3, 1, 2, 64, true",
        "3, 1, 1, 31, false",
        "3, 1, 1, 64, false",
        "3, 1, 2, 32, false",
        "3, 1, 1, 0, false",
        "0, 0, 1, 32, false",
        "1, 1, 1, 32, false",
        "4, 1, 1, 32, false",
        "255, 1, 1, 32, false",
        "3, 2, 1, 32, false",
        "3, 1, 3, 32, false",
        "3, 0, 0, 100, false",
        "3, 1, 0, 91, false",
    })
    void isUsableWhenItIsForMailAndWellFormed(int usage, int selector, int matching, int bytes, boolean usable) {
        assertThat(new Tlsa(usage, selector, matching, "5a".repeat(bytes)).isUsable())
                .isEqualTo(usable);
    }

    @Test
    void moreThanACertificateIsNotUsable() throws Exception {
        String certificate = HexFormat.of().formatHex(GOOD.getEncoded());

        assertThat(new Tlsa(3, 0, 0, certificate).isUsable()).isTrue();
        assertThat(new Tlsa(3, 0, 0, certificate + "00").isUsable()).isFalse();
    }

    private static List<X509Certificate> chain(String server) {
        X509Certificate middle = MIDDLE.certificate();
        X509Certificate root = ROOT.authority();
        return switch (server) {
            case "good" -> List.of(GOOD, middle, root);
            case "good, without root" -> List.of(GOOD, middle);
            case "good, alone" -> List.of(GOOD);
            case "for the domain" -> List.of(FOR_DOMAIN, middle, root);
            case "wild card" -> List.of(WILD, middle, root);
            case "expired" -> List.of(EXPIRED, middle, root);
            case "other name" -> List.of(OTHER_NAME, middle, root);
            case "under an old authority" -> List.of(UNDER_OLD, OLD_MIDDLE.certificate(), root);
            case "stranger with our chain" -> List.of(STRANGER, middle, root);
            case "by no authority" -> List.of(BY_NO_AUTHORITY, NO_AUTHORITY.certificate(), middle, root);
            case "self-signed" -> List.of(SELF_SIGNED.certificate());
            default -> throw new IllegalArgumentException(server);
        };
    }

    private static Tlsa record(String text, X509Certificate own) throws GeneralSecurityException {
        String[] parts = text.split(" ");
        X509Certificate of =
                switch (parts[3]) {
                    case "own" -> own;
                    case "middle" -> MIDDLE.certificate();
                    case "old" -> OLD_MIDDLE.certificate();
                    case "root" -> ROOT.authority();
                    case "leaf" -> NO_AUTHORITY.certificate();
                    case "stranger" -> STRANGER;
                    default -> throw new IllegalArgumentException(text);
                };
        return of(of, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    private static Tlsa of(X509Certificate certificate, int usage, int selector, int matching)
            throws GeneralSecurityException {
        byte[] selected = selector == 0
                ? certificate.getEncoded()
                : certificate.getPublicKey().getEncoded();
        byte[] data =
                switch (matching) {
                    case 0 -> selected;
                    case 1 -> MessageDigest.getInstance("SHA-256").digest(selected);
                    default -> MessageDigest.getInstance("SHA-512").digest(selected);
                };
        return new Tlsa(usage, selector, matching, HexFormat.of().formatHex(data));
    }
}
