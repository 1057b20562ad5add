package io.postrider.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FinalMessageTest {

    private static final MessageId ID = new MessageId(0x0190_0000_0000_7000L, 0x8000_0000_0000_0001L);
    private static final Instant AT = Instant.parse("2026-02-03T04:05:06Z");
    private static final String BOTH = "Date: d\r\nMessage-ID: <m@x>\r\n";

    /** What came in, and what follows the trace headers. */
    static Stream<Arguments> messages() {
        return Stream.of(
                row(BOTH + "\r\nbody\r\n", BOTH + "\r\nbody\r\n"),
                row(BOTH, BOTH),
                // removed, in any case, folded, several, first and last
                row("X-Postrider-Tenant: t\r\n" + BOTH + "\r\nb\r\n", BOTH + "\r\nb\r\n"),
                row(BOTH + "x-postrider-tags: a,\r\n b,\r\n\tc\r\nTo: x\r\n\r\nb\r\n", BOTH + "To: x\r\n\r\nb\r\n"),
                row(BOTH + "X-POSTRIDER-FOO : 1\r\nX-Postrider-Bar:\r\n\r\n", BOTH + "\r\n"),
                row(BOTH + "X-Postrider-End: 1\r\n", BOTH),
                // not ours, or not in the header
                row(
                        BOTH + "X-Postriders: 1\r\nX-Postride: 2\r\n\r\n",
                        BOTH + "X-Postriders: 1\r\nX-Postride: 2\r\n\r\n"),
                row(BOTH + "\r\nX-Postrider-Tenant: t\r\n", BOTH + "\r\nX-Postrider-Tenant: t\r\n"),
                row(BOTH + "no field\r\nX-Postrider-Tenant: t\r\n", BOTH + "no field\r\nX-Postrider-Tenant: t\r\n"),
                row(
                        BOTH + "Subject: a\r\n X-Postrider-Tenant: t\r\n\r\n",
                        BOTH + "Subject: a\r\n X-Postrider-Tenant: t\r\n\r\n"),
                // odd, and left alone
                row("From me\r\n" + BOTH + "\r\nb\r\n", "From me\r\n" + BOTH + "\r\nb\r\n"),
                row("date : d\r\nMESSAGE-ID:m\r\n\r\n", "date : d\r\nMESSAGE-ID:m\r\n\r\n"),
                row(
                        BOTH + "Subject: \u00e9\u0000\u0001\r\n\r\n\u00ff",
                        BOTH + "Subject: \u00e9\u0000\u0001\r\n\r\n\u00ff"),
                row(BOTH + ": no name\r\n\r\n", BOTH + ": no name\r\n\r\n"),
                row(BOTH + "L: " + "x".repeat(5000) + "\r\n\r\n", BOTH + "L: " + "x".repeat(5000) + "\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void isTraceHeadersAndTheOriginalWithoutOurOwnFields(String message, String rest) {
        String result = result(message);

        assertThat(result).startsWith("Received: ").endsWith(" +0000\r\n" + rest);
        assertThat(result.split(" \\+0000\r\n", 2)[1]).isEqualTo(rest);
    }

    @Test
    void addsDateAndMessageIdWhereTheyAreMissing() {
        String date = "Date: Tue, 3 Feb 2026 04:05:06 +0000\r\n";
        String messageId = "Message-ID: <" + ID + "@relay.example>\r\n";

        assertThat(result("Subject: s\r\n\r\nDate: body\r\n"))
                .endsWith("\r\n" + date + messageId + "Subject: s\r\n\r\nDate: body\r\n");
        assertThat(result("Date: d\r\n\r\n")).endsWith("+0000\r\n" + messageId + "Date: d\r\n\r\n");
        assertThat(result("Message-Id: m\r\n\r\n")).endsWith("+0000\r\n" + date + "Message-Id: m\r\n\r\n");
        assertThat(result("Dates: d\r\nMessage-IDs: m\r\n\r\n")).contains(date + messageId);
    }

    @Test
    void letsMessagesWithoutAHeaderSurvive() {
        assertThat(result("")).endsWith("@relay.example>\r\n");
        assertThat(result("\r\nbody\r\n")).endsWith("@relay.example>\r\n\r\nbody\r\n");
        assertThat(result("just text\r\n")).endsWith("@relay.example>\r\n\r\njust text\r\n");
        assertThat(result(" folded nothing\r\n")).endsWith("@relay.example>\r\n\r\n folded nothing\r\n");
        assertThat(result(".\r\n")).endsWith("@relay.example>\r\n\r\n.\r\n");
    }

    @Test
    void tellsHowTheMessageCame() throws Exception {
        InetAddress client = InetAddress.getByName("2001:db8::1");
        Trace one = new Trace(
                "relay.example", "c(x)\u00e9", client, "ESMTP", Optional.empty(), ID, List.of(Mailbox.of("b@y")), AT);
        Trace two = new Trace(
                "relay.example",
                "c",
                client,
                "SMTP",
                Optional.empty(),
                ID,
                List.of(Mailbox.of("b@y"), Mailbox.of("c@y")),
                AT);

        assertThat(one.lines(false, false))
                .isEqualTo(
                        "Received: from c?x?? ([IPv6:2001:db8:0:0:0:0:0:1])\r\n\tby relay.example (Postrider) with ESMTP id "
                                + ID + "\r\n\tfor <b@y>;\r\n\tTue, 3 Feb 2026 04:05:06 +0000\r\n");
        assertThat(two.lines(false, false)).doesNotContain("b@y").contains("with SMTP id " + ID + ";\r\n");
    }

    @Test
    void readsOurOwnFieldsUnfolded() {
        HeaderScan scan = scan("X-Postrider-Tags: a,\r\n b\r\nX-Postrider-Send-At:  1 \r\n\r\n");

        assertThat(scan.ownFields()).extracting(HeaderScan.OwnField::name).containsExactly("tags", "send-at");
        assertThat(scan.ownFields()).extracting(HeaderScan.OwnField::value).containsExactly("a, b", "1");
    }

    @Test
    void countsReceivedFields() {
        String hops = "Received: a\r\nreceived : b;\r\n\tc\r\nReceived-SPF: pass\r\n";

        assertThat(scan(hops + "\r\nReceived: in body\r\n").receivedCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"1000, false", "1001, true", "5000, true"})
    void boundsTheHeader(int size, boolean tooLarge) {
        String header = "A: " + "x".repeat(size - 5) + "\r\n";

        byte[] bytes = (header + "\r\n" + "y".repeat(3000)).getBytes(StandardCharsets.ISO_8859_1);

        assertThat(HeaderScan.of(bytes, bytes.length, 1000).isTooLarge()).isEqualTo(tooLarge);
    }

    @Test
    void readsNothingBehindTheMessage() {
        byte[] bytes = Arrays.copyOf("A: b".getBytes(StandardCharsets.US_ASCII), 50);
        byte[] name = Arrays.copyOf("X-Post".getBytes(StandardCharsets.US_ASCII), 6);

        assertThat(HeaderScan.of(bytes, 4, 1000).isTooLarge()).isFalse();
        assertThat(HeaderScan.of(name, 6, 1000).startsWithBody()).isTrue();
    }

    private static HeaderScan scan(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        return HeaderScan.of(bytes, bytes.length, 100_000);
    }

    private static String result(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        byte[] roomy = Arrays.copyOf(bytes, bytes.length + 7);
        Trace trace = new Trace(
                "relay.example",
                "c",
                InetAddress.getLoopbackAddress(),
                "ESMTP",
                Optional.empty(),
                ID,
                List.of(Mailbox.of("b@y")),
                AT);
        HeaderScan scan = HeaderScan.of(roomy, bytes.length, 100_000);
        return new String(FinalMessage.of(roomy, bytes.length, scan, trace), StandardCharsets.ISO_8859_1);
    }

    private static Arguments row(String message, String rest) {
        return Arguments.of(message, rest);
    }
}
