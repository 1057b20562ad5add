package io.postrider.smtp;

import static io.postrider.smtp.ServerTranscript.TERMS;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServerSessionTest {

    private static final String OPEN = "EHLO c.example\r\nMAIL FROM:<a@x.org>\r\nRCPT TO:<b@y.org>\r\n";

    /** What a client says, and what comes of it: the codes, and the last reply. */
    static Stream<Arguments> conversations() {
        return Stream.of(
                // the plain way
                row(OPEN + "DATA\r\nhi\r\n.\r\nQUIT\r\n", "250 250 250 354 250 221", "221 2.0.0 Goodbye"),
                row("HELO c\r\nMAIL FROM:<a@x.org>\r\nQUIT\r\n", "250 250 221", "221 2.0.0 Goodbye"),
                row("ehlo c\r\nmail from:<>\r\nrcpt to:<b@y>\r\n", "250 250 250", "250 2.1.5 Recipient OK"),
                row("NOOP\r\nNOOP hello\r\nRSET\r\n", "250 250 250", "250 2.0.0 OK"),
                row("HELP\r\nHELP MAIL\r\n", "214 214", "214 2.0.0 Postrider relays mail; RFC 5321 tells the commands"),
                row("VRFY someone\r\n", "252", "252 2.5.0 Cannot verify; send the message and see"),
                row("VRFY\r\n", "501", "501 5.5.4 This command needs an argument"),
                row("EXPN list\r\n", "502", "502 5.5.1 Command not offered"),
                row("STARTTLS\r\nAUTH PLAIN\r\n", "502 502", "502 5.5.1 Command not offered"),
                row("FROB\r\n\r\nX\r\n", "500 500 500", "500 5.5.1 Unknown command"),
                row("QUIT now\r\nRSET all\r\n", "501 501", "501 5.5.4 This command takes no argument"),
                row("NOOP \r\nQUIT \r\n", "250 221", "221 2.0.0 Goodbye"),
                row("QUIT\r\nNOOP\r\n", "221", "221 2.0.0 Goodbye"),
                // a browser
                row("POST / HTTP/1.1\r\nEHLO c\r\n", "554", "554 5.5.1 This is a mail server, closing the connection"),
                row("GET / HTTP/1.1\r\nEHLO c\r\n", "554", "554 5.5.1 This is a mail server, closing the connection"),
                // order
                row("MAIL FROM:<a@x>\r\n", "503", "503 5.5.1 Say EHLO or HELO first"),
                row("EHLO\r\n", "501", "501 5.5.4 Expected EHLO or HELO with the client's host name"),
                row("EHLO a b\r\n", "501", "501 5.5.4 Expected EHLO or HELO with the client's host name"),
                row("EHLO c\r\nRCPT TO:<b@y>\r\n", "250 503", "503 5.5.1 Say MAIL first"),
                row("EHLO c\r\nDATA\r\n", "250 503", "503 5.5.1 Say MAIL first"),
                row("EHLO c\r\nMAIL FROM:<a@x>\r\nDATA\r\n", "250 250 554", "554 5.5.1 No valid recipients"),
                row(
                        OPEN + "MAIL FROM:<a@x>\r\n",
                        "250 250 250 503",
                        "503 5.5.1 A transaction is under way, say RSET first"),
                row(OPEN + "DATA now\r\n", "250 250 250 501", "501 5.5.4 This command takes no argument"),
                row(OPEN + "RSET\r\nDATA\r\n", "250 250 250 250 503", "503 5.5.1 Say MAIL first"),
                row(OPEN + "EHLO d\r\nDATA\r\n", "250 250 250 250 503", "503 5.5.1 Say MAIL first"),
                // parameters
                row(mail("<a@x> SIZE=1000"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a@x> SIZE=1001"), "250 552", "552 5.3.4 Message too large"),
                row(mail("<a@x> SIZE=99999999999999999999"), "250 552", "552 5.3.4 Message too large"),
                row(mail("<a@x> SIZE=x"), "250 501", "501 5.5.4 Expected SIZE=number"),
                row(mail("<a@x> SIZE"), "250 501", "501 5.5.4 Expected SIZE=number"),
                row(mail("<a@x> size=5 body=8bitmime SMTPUTF8"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a@x> BODY=7BIT"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a@x> BODY=BINARYMIME"), "250 501", "501 5.5.4 Expected BODY=7BIT or BODY=8BITMIME"),
                row(mail("<a@x> BODY"), "250 501", "501 5.5.4 Expected BODY=7BIT or BODY=8BITMIME"),
                row(mail("<a@x> SMTPUTF8=1"), "250 501", "501 5.5.4 SMTPUTF8 takes no value"),
                row(mail("<a@x> SIZE=1 SIZE=1"), "250 501", "501 5.5.4 A parameter was given twice"),
                row(mail("<a@x> XRET=HDRS"), "250 555", "555 5.5.4 Parameter not known"),
                row(OPEN + "RCPT TO:<c@y> XNOTIFY=NEVER\r\n", "250 250 250 555", "555 5.5.4 Parameter not known"),
                // addresses
                row(mail("a@x"), "250 250", "250 2.1.0 Sender OK"),
                row(mail(" <a..b@x> SIZE=1"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a.@x>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<\"a b\"@x>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<\"a@b\"@x>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<\"a\\\"b\"@x>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a%b@x>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a@[192.0.2.1]>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<@r,@s:a@x>"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<@r,@s:>"), "250 501", "501 5.1.7 Bad sender address: a source route without an address"),
                row(mail("<a@x"), "250 501", "501 5.1.7 Bad sender address: unbalanced quotes or angle brackets"),
                row(mail("<\"a@x>"), "250 501", "501 5.1.7 Bad sender address: unbalanced quotes or angle brackets"),
                row(mail("\"a@x"), "250 501", "501 5.1.7 Bad sender address: unbalanced quotes"),
                row(
                        mail("<a b@x>"),
                        "250 501",
                        "501 5.1.7 Bad sender address: a space or an angle bracket outside quotes"),
                row(
                        mail("<<a@x>"),
                        "250 501",
                        "501 5.1.7 Bad sender address: a space or an angle bracket outside quotes"),
                row(mail("<a@x>>"), "250 501", "501 5.1.7 Bad sender address: expected a space behind the address"),
                row(
                        mail("<a@x>SIZE=1"),
                        "250 501",
                        "501 5.1.7 Bad sender address: expected a space behind the address"),
                row(mail("<@x>"), "250 501", "501 5.1.7 Bad sender address: a source route without an address"),
                row(mail("<a>"), "250 501", "501 5.1.7 Bad sender address: expected local@domain"),
                row(mail("<a@x..y>"), "250 501", "501 5.1.7 Bad sender address: expected local@domain"),
                row(mail("<a@-x>"), "250 501", "501 5.1.7 Bad sender address: expected local@domain"),
                row(mail(""), "250 501", "501 5.1.7 Bad sender address: expected an address"),
                row("EHLO c\r\nMAIL <a@x>\r\n", "250 501", "501 5.5.4 Expected MAIL FROM:<address>"),
                row("EHLO c\r\nMAIL\r\n", "250 501", "501 5.5.4 Expected MAIL FROM:<address>"),
                row(OPEN + "RCPT <b@y>\r\n", "250 250 250 501", "501 5.5.4 Expected RCPT TO:<address>"),
                row(
                        OPEN + "RCPT TO:<>\r\n",
                        "250 250 250 501",
                        "501 5.1.3 Bad recipient address: expected local@domain"),
                row(
                        OPEN + "RCPT TO:<b>\r\n",
                        "250 250 250 501",
                        "501 5.1.3 Bad recipient address: expected local@domain"),
                row(
                        OPEN + "RCPT TO:<Postmaster>\r\n",
                        "250 250 250 550",
                        "550 5.1.1 There are no local mailboxes here, not even postmaster: give a domain"),
                // 8-bit
                row(
                        mail("<\u00c3\u00a9@x>"),
                        "250 553",
                        "553 5.6.7 An address outside ASCII needs the SMTPUTF8 parameter at MAIL"),
                row(mail("<\u00c3\u00a9@x> SMTPUTF8"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<a@\u00c3\u00a9.org> SMTPUTF8"), "250 250", "250 2.1.0 Sender OK"),
                row(mail("<\u00e9@x> SMTPUTF8"), "250 500", "500 5.5.2 A command must be ASCII or valid UTF-8"),
                row(mail("<\u00c2\u0085@x> SMTPUTF8"), "250 500", "500 5.5.2 A command must be ASCII or valid UTF-8"),
                row(
                        OPEN + "RCPT TO:<\u00c3\u00a9@x>\r\n",
                        "250 250 250 553",
                        "553 5.6.7 An address outside ASCII needs the SMTPUTF8 parameter at MAIL"),
                // lines
                row("NOOP\nNOOP\r\nNOOP\r\n", "500 250", "250 2.0.0 OK"),
                row("NOOP\n", "500", "500 5.5.2 A command must end with CRLF, and hold no other CR or LF"),
                row("NOOP\rNOOP\r\n", "500", "500 5.5.2 A command must end with CRLF, and hold no other CR or LF"),
                row("NOOP\r\r\n", "500", "500 5.5.2 A command must end with CRLF, and hold no other CR or LF"),
                row("\nNOOP\r\nNOOP\r\n", "500 250", "250 2.0.0 OK"),
                row("NO\0OP\r\nNOOP\r\n", "500 250", "250 2.0.0 OK"),
                row(mail("<a\t@x>"), "250 500", "500 5.5.2 A command must not hold NUL or control characters"),
                row(mail("<a\u007f@x>"), "250 500", "500 5.5.2 A command must not hold NUL or control characters"),
                row("NOOP " + "x".repeat(505) + "\r\n", "250", "250 2.0.0 OK"),
                row("NOOP " + "x".repeat(506) + "\r\nNOOP\r\n", "500 250", "250 2.0.0 OK"),
                row("x".repeat(5000) + "\nEHLO c\r\n", "500", "500 5.5.2 Command line too long"),
                row("x".repeat(511) + "\r\nNOOP\r\n", "500 250", "250 2.0.0 OK"),
                // limits
                row(
                        OPEN + "RCPT TO:<c@y>\r\nRCPT TO:<d@y>\r\nRCPT TO:<e@y>\r\nRCPT TO:<b@y.org>\r\n",
                        "250 250 250 250 250 452 250",
                        "250 2.1.5 Recipient OK"),
                row("X\r\n".repeat(25), "500 ".repeat(20) + "421", "421 4.7.0 Too many errors, closing the connection"),
                row(
                        "NOOP\r\n".repeat(105),
                        "250 ".repeat(100) + "421",
                        "421 4.7.0 Too many commands without a message, closing the connection"),
                row(
                        OPEN + "DATA\r\n" + "x".repeat(999) + "\r\n.\r\nNOOP\r\n",
                        "250 250 250 354 552 250",
                        "250 2.0.0 OK"),
                // BDAT
                row(OPEN + "BDAT 4 LAST\r\nhi\r\nQUIT\r\n", "250 250 250 250 221", "221 2.0.0 Goodbye"),
                row(OPEN + "BDAT 2\r\nhiBDAT 2\r\n\r\nBDAT 0 LAST\r\n", "250 250 250 250 250 250", "250 2.0.0 queued"),
                row("BDAT 6\r\nQUIT\r\nNOOP\r\n", "503 250", "250 2.0.0 OK"),
                row("EHLO c\r\nMAIL FROM:<a@x>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n", "250 250 554 250", "250 2.0.0 OK"),
                row(OPEN + "BDAT 6 FIRST\r\nQUIT\r\nDATA\r\n", "250 250 250 501 503", "503 5.5.1 Say MAIL first"),
                row(OPEN + "BDAT x\r\nQUIT\r\n", "250 250 250 501", "501 5.5.4 Expected BDAT size [LAST]"),
                row("BDAT\r\nNOOP\r\n", "501", "501 5.5.4 Expected BDAT size [LAST]"),
                row(
                        OPEN + "BDAT 1\r\nxDATA\r\nRCPT TO:<c@y>\r\nMAIL FROM:<a@x>\r\n",
                        "250 250 250 250 503 503 503",
                        "503 5.5.1 A transaction is under way, say RSET first"),
                row(
                        OPEN + "BDAT 1001\r\n" + "x".repeat(1001) + "BDAT 5 LAST\r\nx\r\nx\rNOOP\r\n",
                        "250 250 250 552 503 250",
                        "250 2.0.0 OK"),
                row(
                        OPEN + "BDAT 600\r\n" + "x".repeat(600) + "BDAT 600 LAST\r\n" + "x".repeat(600) + "NOOP\r\n",
                        "250 250 250 250 552 250",
                        "250 2.0.0 OK"),
                row(
                        OPEN + "BDAT 4\r\nhi\r\nRSET\r\n" + OPEN + "DATA\r\n.\r\n",
                        "250 250 250 250 250 250 250 250 354 250",
                        "250 2.0.0 queued"));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void answers(String input, String codes, String lastReply) {
        ServerTranscript transcript = ServerTranscript.of(input);

        assertThat(transcript.codes()).isEqualTo(codes.strip());
        assertThat(transcript.lastReply()).isEqualTo(lastReply);
        assertThat(transcript.closed)
                .isEqualTo(lastReply.startsWith("221")
                        || lastReply.startsWith("421")
                        || lastReply.startsWith("554 5.5.1 This")
                        || lastReply.startsWith("501 5.5.4 Expected BDAT") && !input.contains("FIRST"));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void doesTheSameHoweverTheInputIsCut(String input) {
        String whole = ServerTranscript.of(input).everything();

        assertThat(new ServerTranscript(TERMS, true).byteByByte(input).everything())
                .isEqualTo(whole);
        for (long seed = 0; seed < 20; seed++) {
            assertThat(new ServerTranscript(TERMS, true).atRandom(input, seed).everything())
                    .as("seed %s", seed)
                    .isEqualTo(whole);
        }
    }

    @Test
    void offersWhatItCanDo() {
        assertThat(ServerTranscript.of("EHLO c\r\n").replies())
                .isEqualTo("250-relay.example|250-PIPELINING|250-8BITMIME|250-SMTPUTF8|250-SIZE 1000|"
                        + "250-ENHANCEDSTATUSCODES|250-CHUNKING|250-DSN|250 LIMITS RCPTMAX=3");
    }

    @Test
    void limitsTheMessagesOfASessionWhenToldTo() {
        ServerTerms terms = new ServerTerms(
                "relay.example", AddressSyntax.LENIENT, BareNewline.NORMALISE, 1000, 3, 1, 512, 20, 100, true);
        ServerTranscript transcript =
                new ServerTranscript(terms, true).whole(OPEN + "RSET\r\nMAIL FROM:<a@x>\r\nNOOP\r\n");

        assertThat(transcript.replies()).contains("LIMITS RCPTMAX=3 MAILMAX=1");
        assertThat(transcript.lastReply()).isEqualTo("421 4.7.0 Too many messages in one session, connect again");
        assertThat(transcript.closed).isTrue();
    }

    @Test
    void takesStrictAddressesOnlyWhenToldTo() {
        ServerTerms terms = new ServerTerms(
                "relay.example", AddressSyntax.STRICT, BareNewline.NORMALISE, 1000, 3, 0, 512, 200, 100, true);
        List<String> right = List.of("<a@x>", "<>", "<a.b+c@x>", "<\"a b\"@x>", "<\"a\\\"b\"@x>", "<@r:a@x>");
        List<String> wrong = List.of(
                "a@x",
                " <a@x>",
                "<a..b@x>",
                "<.a@x>",
                "<a.@x>",
                "<a\"b\"@x>",
                "<\"a\"b@x>",
                "<" + "l".repeat(65) + "@x>");

        for (String path : right) {
            assertThat(new ServerTranscript(terms, true).whole(mail(path)).codes())
                    .as(path)
                    .isEqualTo("250 250");
        }
        for (String path : wrong) {
            assertThat(new ServerTranscript(terms, true).whole(mail(path)).codes())
                    .as(path)
                    .isEqualTo("250 501");
        }
    }

    @Test
    void keepsTheEnvelopeAsWrittenButCollapsesDuplicates() {
        ServerTranscript transcript = ServerTranscript.of("EHLO c\r\nMAIL FROM:<@r:A.b@X.org>\r\nRCPT TO:<b%z@Y>\r\n"
                + "RCPT TO:<b%z@Y>\r\nRCPT TO:<\"q@r\"@y>\r\nDATA\r\n.\r\n");

        ReceivedMessage message = transcript.messages.get(0);
        assertThat(message.sender().address()).isEqualTo("A.b@X.org");
        assertThat(message.recipients()).containsExactly(Mailbox.of("b%z@Y"), Mailbox.of("\"q@r\"@y"));
        assertThat(transcript.codes()).isEqualTo("250 250 250 250 250 354 250");
    }

    @Test
    void knowsTheProtocolAndWhatTheMessageNeeds() {
        ServerTranscript transcript =
                ServerTranscript.of("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\n"
                        + "EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nDATA\r\n\u00e9\r\n.\r\n"
                        + "MAIL FROM:<> SMTPUTF8\r\nRCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\n");

        assertThat(transcript.messages)
                .extracting(ReceivedMessage::protocol)
                .containsExactly(
                        ReceivedMessage.Protocol.SMTP,
                        ReceivedMessage.Protocol.ESMTP,
                        ReceivedMessage.Protocol.UTF8SMTP);
        assertThat(transcript.messages).extracting(ReceivedMessage::eightBit).containsExactly(false, true, false);
        assertThat(transcript.messages.get(0).sender().isNullSender()).isTrue();
    }

    @Test
    void deniesRelayingByDefault() {
        ServerTranscript transcript = new ServerTranscript(TERMS, false).whole(OPEN + "DATA\r\n");

        assertThat(transcript.codes()).isEqualTo("250 250 550 554");
        assertThat(transcript.rejections).containsExactly("a@x.org b@y.org 550 5.7.1 Relaying denied");
    }

    @Test
    void refusesMailForNowWhileThereIsTooMuch() {
        ServerTranscript transcript = new ServerTranscript(TERMS, true);
        transcript.congested = true;

        transcript.whole(
                "EHLO c\r\n" + "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n".repeat(30) + "MAIL FROM:<a@x>\r\n");

        assertThat(transcript.lastReply()).isEqualTo("452 4.3.1 Too much mail is waiting, try again later");
        assertThat(transcript.closed)
                .as("our trouble is not the client's error")
                .isFalse();
    }

    @Test
    void takesNoRecipientsForNowFromOneWhoHadEnough() {
        ServerTranscript transcript = new ServerTranscript(TERMS, true);
        transcript.objectionToRecipient = Optional.of(Reply.of(450, "4.7.1", "Enough for now"));

        transcript.whole("EHLO c\r\n" + "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nRSET\r\n".repeat(30) + "VRFY\r\n");

        assertThat(transcript.codes())
                .startsWith("250 250 450 554 250 250 450 554 ")
                .endsWith(" 250 501");
        assertThat(transcript.rejections).hasSize(30).contains("a@x b@y 450 4.7.1 Enough for now");
        assertThat(transcript.closed).as("our limit is not the client's error").isFalse();
    }

    @Test
    void readsToItsEndWhatItHasNoMemoryFor() {
        ServerTranscript transcript = new ServerTranscript(TERMS, true);
        transcript.memory = 10;

        transcript.whole(OPEN + "DATA\r\n" + "hello\r\n".repeat(20) + ".\r\nNOOP\r\n");

        assertThat(transcript.codes()).isEqualTo("250 250 250 354 452 250");
        assertThat(transcript.taken).isZero();
    }

    @Test
    void givesMemoryBackAfterTheVerdictAndWhenTheConnectionIsLost() {
        ServerTranscript settled = ServerTranscript.of(OPEN + "DATA\r\nhi\r\n.\r\n");
        ServerTranscript lost = ServerTranscript.of(OPEN + "DATA\r\nhi\r\n");

        assertThat(settled.taken).isZero();
        assertThat(lost.taken).isPositive();
        lost.session.abandon();
        assertThat(lost.taken).isZero();
    }

    @Test
    void goesOnBehindARefusedMessage() {
        ServerTranscript transcript = new ServerTranscript(TERMS, true);
        transcript.verdict = Reply.of(550, "5.6.0", "no");

        transcript.whole(OPEN + "DATA\r\nhi\r\n.\r\nMAIL FROM:<a@x.org>\r\n");

        assertThat(transcript.codes()).isEqualTo("250 250 250 354 550 250");
        assertThat(transcript.rejections).containsExactly("a@x.org  550 5.6.0 no");
    }

    @Test
    void saysGoodbyeWhenTheNodeStops() {
        ServerTranscript idle = ServerTranscript.of("EHLO c\r\n");
        ServerTranscript busy = ServerTranscript.of(OPEN + "DATA\r\nhi\r\n");

        idle.session.drain();
        busy.session.drain();
        busy.whole(".\r\nMAIL FROM:<a@x>\r\n");

        assertThat(new String(idle.session.takeReplies(), StandardCharsets.US_ASCII))
                .isEqualTo("421 4.3.2 Shutting down, come again later\r\n");
        assertThat(busy.codes()).isEqualTo("250 250 250 354 250 421");
        assertThat(busy.closed).isTrue();
    }

    private static String mail(String rest) {
        return "EHLO c\r\nMAIL FROM:" + rest + "\r\n";
    }

    private static Arguments row(String input, String codes, String lastReply) {
        return Arguments.of(input, codes, lastReply);
    }
}
