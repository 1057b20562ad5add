package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ingress.SmtpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What strangers have tried with mail servers for thirty years, over real sockets with a whole node, which would send all
 * that it takes to a sink. The first listener takes this machine for a stranger, the second for a friend.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class OpenRelayTest {

    private static final String OF_FRIENDS = "the only one";

    @TempDir
    static Path directory;

    private static HttpNode node;

    @BeforeAll
    static void start() throws Exception {
        node = new HttpNode(
                directory,
                Map.of(
                        "postrider.smtp.listeners",
                        """
                        [
                          { name = strangers, bind = "127.0.0.1:0", relay-hosts = ["192.0.2.0/24", "2001:db8::/32"], max-errors = 100 }
                          { name = friends, bind = "127.0.0.1:0" }
                        ]""",
                        "postrider.http.trusted-hosts",
                        "[]"));
    }

    /** Whatever was answered: what counts is that nothing of it was ever sent. */
    @AfterAll
    static void nothingWasSentForStrangers() throws Exception {
        try (HttpNode closing = node;
                SmtpClient friend = friend()) {
            friend.ask("MAIL FROM:<ann@example.org>");
            friend.ask("RCPT TO:<last@there.test>");
            friend.ask("DATA");
            assertThat(friend.ask("Subject: " + OF_FRIENDS + "\r\n\r\nhi\r\n.")).startsWith("250 ");
            while (closing.envelopes().stream().noneMatch(envelope -> envelope.contains("<last@there.test>"))) {
                Thread.onSpinWait();
            }

            assertThat(closing.envelopes()).noneMatch(envelope -> envelope.contains("stranger"));
        }
    }

    private static SmtpClient stranger() throws Exception {
        return new SmtpClient(node.smtpPort(0)).hello();
    }

    private static SmtpClient friend() throws Exception {
        return new SmtpClient(node.smtpPort(1)).hello();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<victim@there.test>",
                "victim@there.test",
                // The percent hack, and other ways to write two domains.
                "<victim%there.test@relay.example.com>",
                "<victim%there.test@[127.0.0.1]>",
                "<victim%there.test@>",
                "<victim%there.test>",
                "<victim@there.test@relay.example.com>",
                "<victim@relay.example.com@there.test>",
                "<victim@there.test%relay.example.com>",
                // UUCP.
                "<there.test!victim@relay.example.com>",
                "<relay.example.com!there.test!victim>",
                "<there.test!victim>",
                // Source routes.
                "<@relay.example.com:victim@there.test>",
                "<@relay.example.com,@there.test:victim@there.test>",
                "<@[127.0.0.1]:victim@there.test>",
                // Quoted local parts.
                "<\"victim@there.test\"@relay.example.com>",
                "<\"victim@there.test\">",
                "<\"victim%there.test\"@relay.example.com>",
                "<\"victim\\@there.test\"@relay.example.com>",
                "<\"victim\"@there.test>",
                "<victim\\@there.test@relay.example.com>",
                "\"<victim@there.test>\"",
                // Addresses of ours, and of this machine.
                "<victim@relay.example.com>",
                "<victim@localhost>",
                "<victim@[127.0.0.1]>",
                "<victim@[IPv6:::1]>",
                "<victim@[2130706433]>",
                "<victim@127.0.0.1>",
                "<postmaster>",
                "<victim>",
                // Nobody, and more than one.
                "<>",
                "<@>",
                "<victim@there.test>,<other@there.test>",
                "<victim@there.test> <other@there.test>",
                "<<victim@there.test>>",
                "<victim@there.test.>",
                "<victim@there.test\u0000@relay.example.com>",
                "<victim@there.test> NOTIFY=NEVER ORCPT=rfc822;victim@relay.example.com",
            })
    void noRecipientIsTakenHoweverItIsWritten(String recipient) throws Exception {
        for (String sender : List.of(
                "<stranger@example.org>",
                "<>",
                "<stranger@relay.example.com>",
                "<stranger@localhost>",
                "<stranger@[127.0.0.1]>",
                "<stranger@192.0.2.1>")) {
            try (SmtpClient client = stranger()) {
                client.ask("MAIL FROM:" + sender);

                assertThat(client.ask("RCPT TO:" + recipient))
                        .as(recipient + " from " + sender)
                        .startsWith("5");
                assertThat(client.ask("DATA")).startsWith("5");
                assertThat(client.ask("BDAT 5 LAST\r\nhello")).startsWith("5");
            }
        }
    }

    /** Commands that might make a friend of a stranger. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "EHLO [192.0.2.1]",
                "HELO localhost",
                "EHLO relay.example.com",
                "AUTH PLAIN AGEAYg==",
                "AUTH EXTERNAL =",
                "AUTH ANONYMOUS =",
                "XCLIENT ADDR=192.0.2.1",
                "XFORWARD ADDR=192.0.2.1",
                "VRFY victim@there.test",
                "EXPN victim",
                "ETRN there.test",
                "TURN",
                "SEND FROM:<stranger@example.org>",
                "SAML FROM:<stranger@example.org>",
                "STARTTLS",
            })
    void noCommandMakesAFriendOfAStranger(String command) throws Exception {
        try (SmtpClient client = stranger()) {
            client.ask(command);
            client.ask("MAIL FROM:<stranger@example.org> AUTH=ann@relay.example.com");

            assertThat(client.ask("RCPT TO:<victim@there.test>")).startsWith("5");
            client.ask("RSET");
            client.ask("MAIL FROM:<stranger@example.org>");
            assertThat(client.ask("RCPT TO:<victim@there.test>")).isEqualTo("550 5.7.1 Relaying denied");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 192.0.2.1 127.0.0.1 1 25", "PROXY TCP6 2001:db8::1 ::1 1 25", "PROXY UNKNOWN"})
    void aProxyThatIsNotOursIsShownTheDoor(String header) throws Exception {
        try (SmtpClient client = new SmtpClient(node.smtpPort(0))) {
            client.send(header + "\r\nEHLO x\r\nMAIL FROM:<stranger@example.org>\r\nRCPT TO:<victim@there.test>\r\n");
            assertThat(client.reply()).startsWith("220 ");
            assertThat(client.reply()).startsWith("554 5.7.1 ");
            assertThat(client.reply()).isEqualTo("closed");
        }
    }

    @Test
    void whatIsSentAheadIsRefusedWordForWord() throws Exception {
        try (SmtpClient client = stranger()) {
            client.send("MAIL FROM:<stranger@example.org>\r\nRCPT TO:<victim@there.test>\r\nDATA\r\n"
                    + "Subject: stranger\r\n\r\nhi\r\n.\r\nNOOP\r\n");

            assertThat(client.reply()).startsWith("250 ");
            assertThat(client.reply()).isEqualTo("550 5.7.1 Relaying denied");
            assertThat(client.reply()).startsWith("5");
            for (int line = 0; line < 4; line++) {
                assertThat(client.reply()).startsWith("50");
            }
            assertThat(client.reply()).startsWith("250 ");
        }
    }

    @Test
    void theOtherDoorIsShutTooWithoutAKey() throws Exception {
        String json = "{\"from\": \"stranger@example.org\", \"to\": \"victim@there.test\", \"text\": \"hi\"}";

        assertThat(HttpNode.code(node.post("/v1/message", json))).isEqualTo("untrusted_host");
        assertThat(HttpNode.code(node.post(
                        "/v1/message",
                        "Subject: hi\r\n\r\nhi\r\n",
                        "Content-Type",
                        "message/rfc822",
                        "X-Envelope-From",
                        "stranger@example.org",
                        "X-Envelope-To",
                        "victim@there.test")))
                .isEqualTo("untrusted_host");
    }

    /** A friend's mail goes where SMTP says, never where somebody reads into the local part. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "bob%there.test@relay.example.com, bob%there.test@relay.example.com",
                "there.test!bob@relay.example.com, there.test!bob@relay.example.com",
                "'\"bob@there.test\"@relay.example.com', '\"bob@there.test\"@relay.example.com'",
                "@relay.example.com:bob1@there.test, bob1@there.test",
                "'@a.test,@b.test:bob2@there.test', bob2@there.test",
            })
    void localPartsArePassedOnAsTheyCame(String recipient, String passedOn) throws Exception {
        try (SmtpClient client = friend()) {
            client.ask("MAIL FROM:<ann@example.org>");
            assertThat(client.ask("RCPT TO:<" + recipient + ">")).startsWith("250 ");
            client.ask("DATA");
            assertThat(client.ask("Subject: hi\r\n\r\nhi\r\n.")).startsWith("250 ");
        }

        while (node.envelopes().stream().noneMatch(envelope -> envelope.contains("RCPT TO:<" + passedOn + ">"))) {
            Thread.onSpinWait();
        }
    }
}
