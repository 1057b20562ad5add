package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import io.postrider.mail.SenderDomains;
import io.postrider.smtp.sasl.Claim;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AUTH in the session (RFC 4954), without I/O. */
class AuthTest {

    private static final AuthTerms OPTIONAL = new AuthTerms(true, false, true);
    private static final AuthTerms REQUIRED = new AuthTerms(true, true, true);
    private static final Optional<Encryption> TLS =
            Optional.of(new Encryption("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty()));
    private static final Identity ANN = Identity.user("ann", "", SenderDomains.parse(List.of("example.com")));

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ServerTranscript session(AuthTerms terms, Optional<Encryption> encryption) {
        return new ServerTranscript(ServerTranscript.TERMS, terms, Optional.empty(), encryption);
    }

    private static ServerTranscript admitting(AuthTerms terms) {
        ServerTranscript session = session(terms, TLS);
        session.claimed = new AuthVerdict.Admitted(ANN);
        return session;
    }

    @Test
    void isOfferedUnderTlsAlone() {
        assertThat(session(OPTIONAL, Optional.empty()).whole("EHLO c\r\n").replies())
                .doesNotContain("AUTH")
                .contains("STARTTLS");
        assertThat(session(OPTIONAL, TLS).whole("EHLO c\r\n").replies())
                .contains("|250-AUTH SCRAM-SHA-256 PLAIN LOGIN|");
        assertThat(session(AuthTerms.OFF, TLS).whole("EHLO c\r\n").replies()).doesNotContain("AUTH");
        ServerTranscript bound = session(OPTIONAL, TLS);
        bound.bindings = Map.of("tls-exporter", new byte[32]);
        assertThat(bound.whole("EHLO c\r\n").replies())
                .contains("|250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN|");
        AuthTerms careless = new AuthTerms(true, false, false);
        assertThat(session(careless, Optional.empty()).whole("EHLO c\r\n").replies())
                .contains("|250-AUTH SCRAM-SHA-256 PLAIN LOGIN|");
    }

    @Test
    void isNotAcceptedInPlainText() {
        String plain = "AUTH PLAIN " + base64("\0ann\0secret") + "\r\n";
        ServerTranscript session = session(OPTIONAL, Optional.empty()).whole("EHLO c\r\n" + plain);

        assertThat(session.lastReply()).isEqualTo("538 5.7.11 Encryption required, say STARTTLS first");
        assertThat(session.claims).isEmpty();
        assertThat(session(AuthTerms.OFF, TLS).whole("EHLO c\r\n" + plain).lastReply())
                .startsWith("502 5.5.1 ");
    }

    @Test
    void isNeededForMailWhereItIsRequired() {
        assertThat(session(REQUIRED, Optional.empty())
                        .whole("EHLO c\r\nMAIL FROM:<a@example.com>\r\n")
                        .lastReply())
                .isEqualTo("530 5.7.0 Say STARTTLS first");
        assertThat(session(REQUIRED, TLS)
                        .whole("EHLO c\r\nMAIL FROM:<a@example.com>\r\n")
                        .lastReply())
                .isEqualTo("530 5.7.0 Authentication required");
        ServerTranscript host = new ServerTranscript(ServerTranscript.TERMS, REQUIRED, Optional.of(Identity.HOST), TLS);
        assertThat(host.whole("EHLO c\r\nMAIL FROM:<a@example.com>\r\n").lastReply())
                .startsWith("530 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void plainGoesWithAndWithoutAnInitialResponse(boolean initial) {
        String response = base64("\0ann\0secret");
        ServerTranscript session = admitting(REQUIRED)
                .whole("EHLO c\r\nAUTH PLAIN" + (initial ? " " : "\r\n") + response
                        + "\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nhi\r\n.\r\n");

        assertThat(session.codes()).isEqualTo(initial ? "250 235 250 250 354 250" : "250 334 235 250 250 354 250");
        assertThat(session.claims).containsExactly(new Claim.Password("ann", "secret"));
        assertThat(session.messages.get(0).identity()).isEqualTo(ANN);
        assertThat(session.messages.get(0).protocol()).isEqualTo(ReceivedMessage.Protocol.ESMTPSA);
    }

    @Test
    void loginAsksForNameAndPassword() {
        ServerTranscript session = admitting(OPTIONAL)
                .whole("EHLO c\r\nAUTH LOGIN\r\n" + base64("ann") + "\r\n" + base64("pass word") + "\r\n");

        assertThat(session.replies().lines().skip(1))
                .containsExactly("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 2.7.0 Authentication succeeded");
        assertThat(session.claims).containsExactly(new Claim.Password("ann", "pass word"));
        assertThat(admitting(OPTIONAL)
                        .whole("EHLO c\r\nauth login " + base64("ann") + "\r\n" + base64("p") + "\r\n")
                        .codes())
                .isEqualTo("250 334 235");
    }

    @Test
    void namesAndPasswordsArePrepared() {
        ServerTranscript session =
                admitting(OPTIONAL).whole("EHLO c\r\nAUTH PLAIN " + base64("\0an\u00ADn\0\u2168\u00A0x") + "\r\n");

        assertThat(session.claims).containsExactly(new Claim.Password("ann", "IX x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AUTH|501 5.5.4",
                "AUTH PLAIN x y|501 5.5.4",
                "AUTH CRAM-MD5|504 5.5.4",
                "AUTH SCRAM-SHA-256-PLUS|504 5.5.4",
                "AUTH PLAIN !!!!|501 5.5.2",
                "AUTH PLAIN =|501 5.5.2",
                "AUTH PLAIN AGFubg==|501 5.5.2",
                "AUTH PLAIN AGFubgBhAGI=|501 5.5.2",
                "AUTH PLAIN AAA=|501 5.5.2",
                "AUTH LOGIN =|501 5.5.2",
            })
    void refusesWhatIsWrong(String command, String reply) {
        ServerTranscript session = admitting(OPTIONAL).whole("EHLO c\r\n" + command + "\r\nNOOP\r\n");

        assertThat(session.replies().lines().toList().get(1)).startsWith(reply);
        assertThat(session.lastReply()).startsWith("250 ");
        assertThat(session.claims).isEmpty();
    }

    @Test
    void nobodyActsForAnother() {
        ServerTranscript session =
                session(OPTIONAL, TLS).whole("EHLO c\r\nAUTH PLAIN " + base64("bob\0ann\0secret") + "\r\n");

        assertThat(session.claims).containsExactly(new Claim.Refuted("ann"));
        assertThat(session.lastReply()).isEqualTo("535 5.7.8 Authentication credentials invalid");
        assertThat(admitting(OPTIONAL)
                        .whole("EHLO c\r\nAUTH PLAIN " + base64("ann\0ann\0secret") + "\r\n")
                        .codes())
                .isEqualTo("250 235");
    }

    @Test
    void hasItsPlace() {
        String auth = "AUTH PLAIN " + base64("\0ann\0secret") + "\r\n";
        assertThat(admitting(OPTIONAL).whole(auth).lastReply()).startsWith("503 5.5.1 Say EHLO");
        assertThat(admitting(OPTIONAL).whole("HELO c\r\n" + auth).lastReply()).startsWith("503 5.5.1 Say EHLO");
        assertThat(admitting(OPTIONAL).whole("EHLO c\r\n" + auth + auth).codes())
                .isEqualTo("250 235 503");
        assertThat(admitting(OPTIONAL)
                        .whole("EHLO c\r\nMAIL FROM:<a@example.com>\r\n" + auth)
                        .lastReply())
                .startsWith("503 5.5.1 Not while a transaction is under way");
        assertThat(admitting(OPTIONAL)
                        .whole("EHLO c\r\n" + auth + "EHLO c\r\nRSET\r\nMAIL FROM:<a@example.com>\r\n")
                        .codes())
                .isEqualTo("250 235 250 250 250");
    }

    @Test
    void canBeCancelled() {
        ServerTranscript session = admitting(OPTIONAL).whole("EHLO c\r\nAUTH LOGIN\r\n*\r\nNOOP\r\n");

        assertThat(session.codes()).isEqualTo("250 334 501 250");
    }

    @Test
    void responsesAreLongerThanCommandsAndBoundedAllTheSame() {
        String long1 = base64("\0ann\0" + "x".repeat(9000));
        assertThat(admitting(OPTIONAL)
                        .whole("EHLO c\r\nAUTH PLAIN\r\n" + long1 + "\r\nNOOP\r\n")
                        .codes())
                .isEqualTo("250 334 235 250");
        for (String session : List.of(
                admitting(OPTIONAL)
                        .whole("EHLO c\r\nAUTH PLAIN\r\n" + "A".repeat(20_000) + "\r\nNOOP\r\n")
                        .codes(),
                admitting(OPTIONAL)
                        .byteByByte("EHLO c\r\nAUTH PLAIN\r\n" + "A".repeat(20_000) + "\r\nNOOP\r\n")
                        .codes())) {
            assertThat(session).isEqualTo("250 334 500 250");
        }
        assertThat(admitting(OPTIONAL)
                        .whole("EHLO c\r\nAUTH PLAIN\r\nA\0A\r\n" + "NOOP " + "x".repeat(600) + "\r\n")
                        .codes())
                .isEqualTo("250 334 501 500");
    }

    @Test
    void aSenderOutsideTheUsersDomainsIsRefused() {
        String head = "EHLO c\r\nAUTH PLAIN " + base64("\0ann\0secret") + "\r\n";
        assertThat(admitting(OPTIONAL)
                        .whole(head + "MAIL FROM:<a@other.test>\r\n")
                        .lastReply())
                .isEqualTo("553 5.7.1 You may not send in the name of this domain");
        assertThat(admitting(OPTIONAL)
                        .whole(head + "MAIL FROM:<a@sub.example.com>\r\n")
                        .lastReply())
                .startsWith("553 ");
        assertThat(admitting(OPTIONAL).whole(head + "MAIL FROM:<>\r\n").lastReply())
                .startsWith("250 ");
        assertThat(admitting(OPTIONAL)
                        .whole(head + "MAIL FROM:<a@EXAMPLE.com.>\r\n")
                        .lastReply())
                .startsWith("250 ");
    }

    @Test
    void takesNoteOfTheAuthParameterWhereAuthIsOffered() {
        ServerTranscript host = new ServerTranscript(ServerTranscript.TERMS, OPTIONAL, Optional.of(Identity.HOST), TLS);
        assertThat(host.whole(
                                "EHLO c\r\nMAIL FROM:<a@b.test> AUTH=<>\r\nRSET\r\nMAIL FROM:<a@b.test> AUTH=e+3Dmc2@x AUTH=y\r\n"
                                        + "MAIL FROM:<a@b.test> AUTH=a=b\r\n")
                        .codes())
                .isEqualTo("250 250 250 501 501");
        assertThat(ServerTranscript.of("EHLO c\r\nMAIL FROM:<a@b.test> AUTH=<>\r\n")
                        .lastReply())
                .startsWith("555 ");
    }

    @Test
    void whatEndsAnAuthenticationBadly() {
        String auth = "EHLO c\r\nAUTH PLAIN " + base64("\0ann\0secret") + "\r\n";
        ServerTranscript busy = session(OPTIONAL, TLS);
        busy.claimed = new AuthVerdict.Busy();
        assertThat(busy.whole(auth).lastReply()).startsWith("454 4.7.0 ");
        ServerTranscript tooMany = session(OPTIONAL, TLS);
        tooMany.claimed = new AuthVerdict.TooMany();
        assertThat(tooMany.whole(auth).lastReply()).startsWith("421 4.7.0 ");
        assertThat(tooMany.closed).isTrue();
        ServerTranscript refused = session(REQUIRED, TLS).whole(auth + "MAIL FROM:<a@example.com>\r\n");
        assertThat(refused.codes()).isEqualTo("250 535 530");
    }

    @Test
    void claimsShowNoSecrets() {
        assertThat(new Claim.Password("ann", "secret").toString()).doesNotContain("ann", "secret");
    }
}
