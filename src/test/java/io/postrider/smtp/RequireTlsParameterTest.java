package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Encryption;
import io.postrider.mail.Identity;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** REQUIRETLS (RFC 8689) on its way in. */
class RequireTlsParameterTest {

    private static final Optional<Encryption> TLS =
            Optional.of(new Encryption("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty()));

    @Test
    void isOfferedUnderTlsAlone() {
        assertThat(said(TLS, "EHLO c\r\n").replies())
                .contains("|250-REQUIRETLS|")
                .doesNotContain("STARTTLS");
        assertThat(said(Optional.empty(), "EHLO c\r\n").replies()).doesNotContain("REQUIRETLS");
        assertThat(said(TLS, "HELO c\r\n").replies()).doesNotContain("REQUIRETLS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | REQUIRETLS | 250 2.1.0 ",
                "true | requiretls SIZE=5 | 250 2.1.0 ",
                "true | REQUIRETLS=YES | 501 5.5.4 REQUIRETLS takes no value",
                "true | REQUIRETLS= | 501 5.5.4 REQUIRETLS takes no value",
                "true | REQUIRETLS REQUIRETLS | 501 5.5.4 A parameter was given twice",
                "false | REQUIRETLS | 555 5.5.4 Parameter not known",
                "false | REQUIRETLS=YES | 555 5.5.4 Parameter not known",
            })
    void isTakenUnderTlsAlone(boolean encrypted, String parameters, String reply) {
        ServerTranscript transcript =
                said(encrypted ? TLS : Optional.empty(), "EHLO c\r\nMAIL FROM:<a@x> " + parameters + "\r\n");

        assertThat(transcript.lastReply()).startsWith(reply);
    }

    @Test
    void belongsToItsMessageAlone() {
        String rest = "\r\nRCPT TO:<b@x>\r\nDATA\r\nhello\r\n.\r\n";

        ServerTranscript transcript =
                said(TLS, "EHLO c\r\nMAIL FROM:<a@x> REQUIRETLS" + rest + "MAIL FROM:<a@x>" + rest);

        assertThat(transcript.messages).extracting(ReceivedMessage::requireTls).containsExactly(true, false);
        assertThat(transcript.messages.get(0).withHelo("d").requireTls()).isTrue();
    }

    private static ServerTranscript said(Optional<Encryption> encryption, String input) {
        return new ServerTranscript(ServerTranscript.TERMS, AuthTerms.OFF, Optional.of(Identity.HOST), encryption)
                .whole(input);
    }
}
