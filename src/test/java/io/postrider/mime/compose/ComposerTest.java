package io.postrider.mime.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.MessageId;
import io.postrider.mime.Trace;
import io.postrider.mime.compose.Composition.Composed;
import io.postrider.mime.compose.Composition.Fault;
import io.postrider.mime.compose.Composition.Refused;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComposerTest {

    @Test
    void writesAPlainMessage() {
        assertThat(text(Drafts.plain().from("sender@client.test", "Sen Der")))
                .isEqualTo(
                        """
                        Date: Tue, 3 Feb 2026 12:00:00 +0000
                        From: Sen Der <sender@client.test>
                        To: user@example.com
                        Subject: Hello
                        Message-ID: <0190@relay.test>
                        MIME-Version: 1.0
                        Content-Type: text/plain; charset=us-ascii
                        Content-Transfer-Encoding: 7bit

                        Hello
                        World
                        """
                                .replace("\n", "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nBcc: x@y",
                "a\nb",
                "a\rb",
                "a\0b",
                "a\tb",
                "a\u007fb",
                "a\u0085b",
                "a\u2028b",
                "a\u2029b",
                "a\ud800b",
                "\udc00",
                "a\u001b[0m"
            })
    void letsNoControlIntoAnyStringOfTheHeader(String bad) {
        Attachment file = new Attachment(bad, bad, ByteBuffer.allocate(0), true, bad);
        Drafts draft = Drafts.plain()
                .from(bad + "@client.test", bad)
                .to(NamedAddress.of("user@example.com"), new NamedAddress("\"" + bad + "\"@example.com", bad))
                .cc(new NamedAddress("user@example.com" + bad, bad))
                .replyTo(new NamedAddress(bad, bad))
                .subject(bad)
                .field("X-Fine", bad)
                .field("X" + bad, "fine")
                .field("References", bad)
                .field("Sender", bad + "@client.test")
                .attach(file)
                .messageId(bad);

        assertThat(faults(draft))
                .extracting(Fault::pointer)
                .contains(
                        "/from/name",
                        "/from/email",
                        "/to/1/name",
                        "/to/1/email",
                        "/cc/0/name",
                        "/cc/0/email",
                        "/reply_to/0/name",
                        "/reply_to/0/email",
                        "/subject",
                        "/headers/X-Fine",
                        "/headers",
                        "/headers/References",
                        "/headers/Sender",
                        "/attachments/0/filename",
                        "/attachments/0/content_type",
                        "/attachments/0/content_id",
                        "/message_id");
    }

    @Test
    void refusesHalfACharacterInABodyToo() {
        assertThat(faults(Drafts.plain().text("a\ud83d").html("\ude00")))
                .extracting(Fault::pointer)
                .containsExactly("/text", "/html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "From",
                "to",
                "CC",
                "Bcc",
                "Reply-To",
                "Subject",
                "Date",
                "Message-ID",
                "MIME-Version",
                "Content-Type",
                "content-anything",
                "Received",
                "Return-Path",
                "DKIM-Signature",
                "ARC-Seal",
                "Resent-To",
                "X-Postrider-Tenant",
                "Authentication-Results",
                "",
                "X Y",
                "X:",
                "Ä",
                "X-\u007f"
            })
    void refusesFieldsThatAreNotTheApplications(String name) {
        assertThat(faults(Drafts.plain().field(name, "value")))
                .extracting(Fault::pointer)
                .allMatch(pointer -> pointer.startsWith("/headers"))
                .hasSize(1);
    }

    @Test
    void refusesASecondFieldWhereThereMayBeOne() {
        assertThat(faults(Drafts.plain().field("List-Help", "<mailto:a@b>").field("list-help", "<mailto:c@d>")))
                .extracting(Fault::pointer)
                .containsExactly("/headers/list-help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "user",
                "@example.com",
                "user@",
                "a b@example.com",
                "a@b@example.com",
                "<user@example.com>",
                "user@exa mple.com",
                "\"unbalanced@example.com",
                "\"a\"b\"@example.com",
                "user@-x.com",
                "a,b@example.com"
            })
    void refusesWhatIsNoAddress(String email) {
        assertThat(faults(Drafts.plain().to(NamedAddress.of(email))))
                .containsExactly(new Fault("/to/0/email", "expected an address such as user@example.com"));
    }

    @Test
    void quotesWhatIsNoDotAtom() {
        assertThat(text(Drafts.plain().to(NamedAddress.of("a..b.@example.com"))))
                .contains("\r\nTo: \"a..b.\"@example.com\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "image/", "/png", "image/p ng", "multipart/mixed", "image/png; x", "a/b; c=\"d"})
    void refusesWhatIsNoContentType(String type) {
        assertThat(faults(Drafts.plain().file("a", type, new byte[0])))
                .extracting(Fault::pointer)
                .containsExactly("/attachments/0/content_type");
    }

    @Test
    void refusesTwoAttachmentsWithOneContentId() {
        assertThat(faults(Drafts.plain().picture("a", "one", "1").picture("b", "one", "2")))
                .extracting(Fault::pointer)
                .containsExactly("/attachments/1/content_id");
    }

    @Test
    void asksForSmtpUtf8ForALocalPartBeyondAsciiOnly() {
        assertThat(composed(Drafts.plain().to(NamedAddress.of("jörg@example.com")))
                        .needsSmtpUtf8())
                .isTrue();
        assertThat(composed(Drafts.plain().from("a@bücher.example", "Jörg")).needsSmtpUtf8())
                .isFalse();
        assertThat(text(Drafts.plain().from("a@bücher.example", ""))).contains("From: a@xn--bcher-kva.example\r\n");
    }

    @Test
    void makesTheSameBytesOfTheSameDraft() {
        Drafts draft = Drafts.plain().html("<b>ü</b>").file("a", "", new byte[100]);

        assertThat(text(draft)).isEqualTo(text(draft)).contains("boundary=");
        assertThat(text(draft)).isNotEqualTo(text(draft.messageId("other@relay.test")));
    }

    @Test
    void keepsItsBoundariesApartFromTexts() {
        String boundary = text(Drafts.plain().html("x")).split("boundary=\"")[1].split("\"")[0];
        String text = text(Drafts.plain().html("x").text("--" + boundary + "\n--" + boundary + "--\n"));

        assertThat(text.split("\r\n--" + boundary, -1)).hasSize(4);
    }

    @Test
    void putsTheTraceFirst() {
        Trace trace = new Trace(
                "relay.test",
                "client",
                InetAddress.getLoopbackAddress(),
                "HTTP",
                Optional.empty(),
                new MessageId(1, 2),
                List.of(),
                Drafts.NOON);

        Composition composition = Composer.compose(Drafts.plain().draft(), Optional.of(trace));

        assertThat(new String(((Composed) composition).bytes(), StandardCharsets.US_ASCII))
                .startsWith("Received: from client ([127.0.0.1])\r\n\tby relay.test (Postrider) with HTTP id ")
                .contains("12:00:00 +0000\r\nDate: ");
    }

    @Test
    void takesNoMoreOfALargeFileThanItsEncodedSize() {
        byte[] large = new byte[30 * 1024 * 1024];

        byte[] bytes = composed(Drafts.plain().file("large", "", large)).bytes();

        assertThat((double) bytes.length / large.length).isBetween(1.36, 1.38);
    }

    @Test
    void writesASliceAndLeavesItAlone() {
        ByteBuffer slice = ByteBuffer.wrap("not this, but this".getBytes(StandardCharsets.US_ASCII), 14, 4);

        String text = text(Drafts.plain().attach(new Attachment("", "text/plain", slice, false, "")));

        assertThat(text).contains("\r\n\r\ndGhpcw==\r\n--");
        assertThat(slice.remaining()).isEqualTo(4);
    }

    @Test
    void namesSomebodyWhenAllCopiesAreBlind() {
        assertThat(text(Drafts.plain().to())).contains("\r\nTo: undisclosed-recipients:;\r\n");
    }

    private static List<Fault> faults(Drafts draft) {
        Composition composition = Composer.compose(draft.draft(), Optional.empty());
        assertThat(composition).isInstanceOf(Refused.class);
        return ((Refused) composition).faults();
    }

    private static Composed composed(Drafts draft) {
        Composition composition = Composer.compose(draft.draft(), Optional.empty());
        assertThat(composition).isInstanceOf(Composed.class);
        return (Composed) composition;
    }

    private static String text(Drafts draft) {
        return new String(composed(draft).bytes(), StandardCharsets.UTF_8);
    }
}
