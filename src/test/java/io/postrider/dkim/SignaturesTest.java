package io.postrider.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {

    private static final Instant AT = Instant.parse("2026-07-06T10:00:00Z");

    private static final byte[] PLAIN = Messages.nasty().get("plain");

    private static String sign(byte[] message, Signer... signers) throws Exception {
        byte[] fields =
                Signatures.of(message, message.length, HeaderFields.of(message, message.length), List.of(signers), AT);
        return new String(fields, StandardCharsets.US_ASCII);
    }

    private static List<Verification> verify(String fields, byte[] message) {
        return verify(fields, message, AT);
    }

    private static List<Verification> verify(String fields, byte[] message, Instant now) {
        byte[] head = fields.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + message.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(message, 0, whole, head.length, message.length);
        return Verifier.verify(whole, whole.length, name -> TestKeys.DNS.getOrDefault(name, List.of()), now);
    }

    private static Signer signer(SigningKey key, String canonicalization) {
        return new Signer(
                "example.com",
                key == TestKeys.RSA ? "rsa" : "ed",
                key,
                SignedHeaders.USUAL,
                Canonicalization.parse(canonicalization).orElseThrow(),
                Optional.of("news@mail.example.com"),
                Optional.of(Duration.ofDays(7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"})
    void whatWeSignPasses(String canonicalization) throws Exception {
        for (byte[] message : Messages.nasty().values()) {
            String fields =
                    sign(message, signer(TestKeys.RSA, canonicalization), signer(TestKeys.ED25519, canonicalization));

            assertThat(verify(fields, message))
                    .containsExactly(
                            new Verification.Passed("example.com", "rsa", "rsa-sha256"),
                            new Verification.Passed("example.com", "ed", "ed25519-sha256"));
        }
    }

    @Test
    void signaturesOfTheSameMomentAreTheSame() throws Exception {
        Signer signer = new Signer("example.com", "rsa", TestKeys.RSA);

        assertThat(sign(PLAIN, signer)).isEqualTo(sign(PLAIN, signer));
    }

    @Test
    void linesOfTheFieldStayShort() throws Exception {
        for (byte[] message : Messages.nasty().values()) {
            String fields = sign(message, signer(TestKeys.RSA, "relaxed/simple"), signer(TestKeys.ED25519, "simple"));

            assertThat(fields).endsWith("\r\n");
            assertThat(fields.split("\r\n")).allSatisfy(line -> assertThat(line)
                    .hasSizeLessThanOrEqualTo(78)
                    .doesNotEndWith(" ")
                    .isNotBlank());
        }
    }

    @Test
    void saysWhatItWasToldToAndNeverHowLongTheBodyIs() throws Exception {
        String field = sign(PLAIN, signer(TestKeys.RSA, "relaxed/simple"));

        assertThat(field.replace("\r\n\t", ""))
                .startsWith("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=example.com; s=rsa;")
                .contains("t=" + AT.getEpochSecond() + ";", "x=" + (AT.getEpochSecond() + 7 * 86400) + ";")
                .contains("i=news@mail.example.com;")
                .doesNotContain(" l=");
    }

    @Test
    void addingAHeaderThatReadersSeeBreaksIt() throws Exception {
        String field = sign(PLAIN, new Signer("example.com", "ed", TestKeys.ED25519));

        for (String added : List.of("From", "To", "Cc", "Subject", "Date", "Reply-To", "Message-ID")) {
            assertThat(verify(added + ": x\r\n" + field, PLAIN))
                    .as(added)
                    .containsExactly(new Verification.Failed("example.com", "ed", "the header was changed"));
        }
        assertThat(verify("Received: from next\r\n" + field, PLAIN)).allMatch(Verification.Passed.class::isInstance);
    }

    @Test
    void itExpires() throws Exception {
        String field = sign(PLAIN, signer(TestKeys.ED25519, "relaxed/relaxed"));

        assertThat(verify(field, PLAIN, AT.plus(Duration.ofDays(7))))
                .containsExactly(new Verification.Failed("example.com", "ed", "expired"));
    }

    @Test
    void anIdentityMustBeOfTheDomain() {
        Signer.checkIdentity("@example.com", "example.com");
        Signer.checkIdentity("a@b.EXAMPLE.com", "example.com");
        for (String identity : List.of("example.com", "@example.org", "@badexample.com", "@com", "a;b@example.com")) {
            assertThatThrownBy(() -> Signer.checkIdentity(identity, "example.com"))
                    .as(identity)
                    .hasMessageContaining("\"@example.com\"");
        }
    }

    @Test
    void shortKeysAreRefusedAndMiddlingOnesWarnedAbout() {
        assertThatThrownBy(() -> TestKeys.rsa(512)).hasMessageContaining("at least 1024 bits");
        assertThatThrownBy(() -> SigningKey.of(TestKeys.pair("EC", 256))).hasMessageContaining("this one is EC");
        assertThat(TestKeys.rsa(1024).warnings()).hasSize(1);
        assertThat(TestKeys.RSA.warnings()).isEmpty();
        assertThat(TestKeys.ED25519.warnings()).isEmpty();
    }

    @Test
    void recordsOfDnsAreRead() {
        assertThat(PublishedKey.parse(TestKeys.RSA.record())).hasValueSatisfying(key -> {
            assertThat(key.belongsTo(TestKeys.RSA)).isTrue();
            assertThat(key.belongsTo(TestKeys.ED25519)).isFalse();
        });
        assertThat(PublishedKey.parse("v=DKIM1; p="))
                .hasValueSatisfying(key -> assertThat(key.isRevoked()).isTrue());
        assertThat(PublishedKey.parse("v=DKIM1; t=y:s; s=other; h=sha1; p=AAAA"))
                .hasValueSatisfying(key ->
                        assertThat(key).matches(k -> k.testing() && k.exact() && !k.forMail() && !k.takesSha256()));
        assertThat(PublishedKey.parse("v=spf1 -all")).isEmpty();
        assertThat(PublishedKey.parse("v=DKIM1; k=rsa")).isEmpty();
        assertThat(PublishedKey.parse("v=DKIM1; p=***")).isEmpty();
    }
}
