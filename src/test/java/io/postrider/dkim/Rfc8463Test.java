package io.postrider.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example of RFC 8463, Appendix A: keys, records and two signatures; its RSA key is the one of RFC 6376, Appendix C. */
class Rfc8463Test {

    private static final Instant AT = Instant.ofEpochSecond(1528637909);

    private static final String MESSAGE =
            """
            From: Joe SixPack <joe@football.example.com>
            To: Suzie Q <suzie@shopping.example.net>
            Subject: Is dinner ready?
            Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
            Message-ID: <20030712040037.46341.5F8J@football.example.com>

            Hi.

            We lost the game.  Are you hungry yet?

            Joe.
            """
                    .replace("\n", "\r\n");

    private static final String SIGNED =
            """
            DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
             d=football.example.com; i=@football.example.com;
             q=dns/txt; s=brisbane; t=1528637909; h=from : to :
             subject : date : message-id : from : subject : date;
             bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
             b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
             Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
            DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
             d=football.example.com; i=@football.example.com;
             q=dns/txt; s=test; t=1528637909; h=from : to : subject :
             date : message-id : from : subject : date;
             bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
             b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
             DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
             dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
            """
                            .replace("\n", "\r\n")
                    + MESSAGE;

    private static final Map<String, List<String>> DNS = Map.of(
            "brisbane._domainkey.football.example.com",
            List.of("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
            "test._domainkey.football.example.com",
            List.of("v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
                    + "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
                    + "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
                    + "Ip3G+2kryOTIKT+l/K4w3QIDAQAB"));

    private static List<Verification> verify(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.US_ASCII);
        return Verifier.verify(bytes, bytes.length, name -> DNS.getOrDefault(name, List.of()), AT);
    }

    @Test
    void bothSignaturesOfTheExamplePass() {
        assertThat(verify(SIGNED))
                .containsExactly(
                        new Verification.Passed("football.example.com", "brisbane", "ed25519-sha256"),
                        new Verification.Passed("football.example.com", "test", "rsa-sha256"));
    }

    @Test
    void bothFailWhenTheMessageIsAnother() {
        assertThat(verify(SIGNED.replace("Subject: Is", "Subject: Was")))
                .extracting(failed -> ((Verification.Failed) failed).why())
                .containsExactly("the header was changed", "the header was changed");
        assertThat(verify(SIGNED.replace("hungry yet", "hungry, yet")))
                .extracting(failed -> ((Verification.Failed) failed).why())
                .containsExactly("the body was changed", "the body was changed");
        assertThat(verify("Subject: Another\r\n" + SIGNED)).allMatch(Verification.Failed.class::isInstance);
    }

    @Test
    void theKeyOfTheExampleIsPublishedAsThere() {
        SigningKey key = new Ed25519Key(Base64.getDecoder().decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="));

        assertThat(key.record())
                .isEqualTo(DNS.get("brisbane._domainkey.football.example.com").get(0));
    }

    @Test
    void weSignTheSameMessageSoThatItPasses() throws Exception {
        SigningKey key = new Ed25519Key(Base64.getDecoder().decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="));
        byte[] message = MESSAGE.getBytes(StandardCharsets.US_ASCII);

        byte[] field = Signatures.of(
                message,
                message.length,
                HeaderFields.of(message, message.length),
                List.of(new Signer("football.example.com", "brisbane", key)),
                AT);

        String signature = new String(field, StandardCharsets.US_ASCII);
        assertThat(signature).contains("bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
        assertThat(verify(signature + MESSAGE))
                .containsExactly(new Verification.Passed("football.example.com", "brisbane", "ed25519-sha256"));
    }
}
