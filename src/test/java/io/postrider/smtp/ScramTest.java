package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.smtp.sasl.Claim;
import io.postrider.smtp.sasl.ScramKeys;
import io.postrider.smtp.sasl.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SCRAM-SHA-256 against the example of RFC 7677 §3 and a client of its own. */
class ScramTest {

    private static final Optional<Encryption> TLS =
            Optional.of(new Encryption("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty()));
    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    private final ServerTranscript session = new ServerTranscript(
            ServerTranscript.TERMS, new AuthTerms(true, false, true), Optional.of(Identity.HOST), TLS);

    ScramTest() throws Exception {
        byte[] salted = salted();
        byte[] client = Sha256.hmac(salted, ascii("Client Key"));
        ScramKeys keys = new ScramKeys(SALT, 4096, Sha256.hash(client), Sha256.hmac(salted, ascii("Server Key")));
        session.keys = user -> keys;
        session.claimed = new AuthVerdict.Admitted(Identity.HOST);
    }

    private static byte[] salted() throws Exception {
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec("pencil".toCharArray(), SALT, 4096, 256))
                .getEncoded();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String challenge(String reply) {
        return new String(Base64.getDecoder().decode(reply.substring(4)), StandardCharsets.UTF_8);
    }

    @Test
    void theExampleOfTheRfc() {
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256 " + base64("n,,n=user,r=" + CLIENT_NONCE) + "\r\n");
        assertThat(challenge(session.lastReply()))
                .isEqualTo("r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        session.whole(
                base64("c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
                        + "\r\n");
        assertThat(challenge(session.lastReply())).isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        session.whole("\r\n");

        assertThat(session.lastReply()).startsWith("235 ");
        assertThat(session.claims).containsExactly(new Claim.Proven("user"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c=biws,r=NONCE,p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=biws,r=NONCE,p=dHzb",
                "c=biws,r=NONCE1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "c=eSws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
            })
    void whoeverDoesNotKnowThePasswordIsRefuted(String last) {
        session.claimed = new AuthVerdict.Refused();
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256 " + base64("n,,n=user,r=" + CLIENT_NONCE) + "\r\n"
                + base64(last.replace("NONCE", CLIENT_NONCE + SERVER_NONCE)) + "\r\n");

        assertThat(session.claims).containsExactly(new Claim.Refuted("user"));
        assertThat(session.lastReply()).startsWith("535 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,",
                "n,,",
                "n,,n=user",
                "n,,r=x,n=user",
                "n,,n=,r=x",
                "n,,n=a=b,r=x",
                "n,,m=x,n=user,r=y",
                "n,,n=user,r=",
                "n,,n=user,r=a b"
            })
    void whatIsNoFirstMessageIs501(String first) {
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256\r\n" + base64(first) + "\r\n");

        assertThat(session.lastReply()).startsWith("501 5.5.2");
        assertThat(session.claims).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"y,,n=user,r=x", "p=tls-exporter,,n=user,r=x", "n,a=bob,n=user,r=x", "z,,n=user,r=x"})
    void whatDoesNotFitTheChannelIsRefuted(String first) {
        session.bindings = Map.of("tls-exporter", new byte[32]);
        session.claimed = new AuthVerdict.Refused();
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256 " + base64(first) + "\r\n");

        assertThat(session.claims).containsExactly(new Claim.Refuted("user"));
    }

    @Test
    void aClientThatCouldBindIsFineWhereWeCannot() {
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256 " + base64("y,a=us=3Der,n=us=3Der,r=x") + "\r\n");

        assertThat(session.lastReply()).startsWith("334 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void plusBindsToTheChannel(boolean sameChannel) throws Exception {
        byte[] here = HexFormat.of().parseHex("00".repeat(31) + "01");
        session.bindings = Map.of("tls-server-end-point", here);
        session.claimed = sameChannel ? new AuthVerdict.Admitted(Identity.HOST) : new AuthVerdict.Refused();
        String header = "p=tls-server-end-point,,";
        String bare = "n=user,r=abc";
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256-PLUS " + base64(header + bare) + "\r\n");
        String serverFirst = challenge(session.lastReply());

        byte[] seen = here.clone();
        seen[0] = (byte) (sameChannel ? 0 : 1);
        byte[] channel = new byte[header.length() + seen.length];
        System.arraycopy(ascii(header), 0, channel, 0, header.length());
        System.arraycopy(seen, 0, channel, header.length(), seen.length);
        String last = "c=" + Base64.getEncoder().encodeToString(channel) + ",r=abc" + SERVER_NONCE;
        byte[] key = Sha256.hmac(salted(), ascii("Client Key"));
        byte[] signature = Sha256.hmac(Sha256.hash(key), ascii(bare + "," + serverFirst + "," + last));
        for (int i = 0; i < key.length; i++) {
            key[i] ^= signature[i];
        }
        session.whole(base64(last + ",p=" + Base64.getEncoder().encodeToString(key)) + "\r\n");
        if (sameChannel) {
            session.whole("\r\n");
        }

        assertThat(session.lastReply()).startsWith(sameChannel ? "235 " : "535 ");
    }

    @Test
    void aBindingThatWeDoNotHaveIsRefuted() {
        session.bindings = Map.of("tls-exporter", new byte[32]);
        session.claimed = new AuthVerdict.Refused();
        session.whole("EHLO c\r\nAUTH SCRAM-SHA-256-PLUS " + base64("p=tls-unique,,n=user,r=x") + "\r\n"
                + "AUTH SCRAM-SHA-256-PLUS " + base64("n,,n=user,r=x") + "\r\n");

        assertThat(session.claims).containsExactly(new Claim.Refuted("user"), new Claim.Refuted("user"));
    }
}
