package io.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import io.postrider.mail.TlsWish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client says of mail with a wish for TLS, and to whom it says nothing at all (RFC 8689 §4.2.1). */
class ClientRequireTlsTest {

    private static final Reply DOUBT = Reply.of(550, "5.7.10", "who is this?");
    private static final Reply NOT_NOW = Reply.of(451, "4.7.5", "who knows?");
    private static final Duration LONG = Duration.ofHours(1);

    private final ReplyParser parser = new ReplyParser();

    @ParameterizedTest(name = "{0}, offers {1}, {2} mail from <{3}>: {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | | REQUIRED | s@x.example | bounced 550 5.7.10 encryption needed, but there is none",
                "plain | REQUIRETLS | REQUIRED | s@x.example | bounced 550 5.7.10 encryption needed, but there is none",
                "doubtful | REQUIRETLS | REQUIRED | s@x.example | bounced 550 5.7.10 who is this?",
                "doubtful | | REQUIRED | s@x.example | bounced 550 5.7.10 who is this?",
                "busy | REQUIRETLS | REQUIRED | s@x.example | deferred 451 4.7.5 who knows?",
                "proven | | REQUIRED | s@x.example | bounced 550 5.7.30 REQUIRETLS support required",
                "proven | REQUIRETLS | REQUIRED | s@x.example | MAIL FROM:<s@x.example> REQUIRETLS",
                // A report goes on without where it must (§5), and says REQUIRETLS to nobody who may not hear it (§2).
                "plain | REQUIRETLS | REQUIRED | | MAIL FROM:<>",
                "doubtful | REQUIRETLS | REQUIRED | | MAIL FROM:<>",
                "proven | | REQUIRED | | MAIL FROM:<>",
                "proven | REQUIRETLS | REQUIRED | | MAIL FROM:<> REQUIRETLS",
                // Who does not ask is not disturbed.
                "plain | | USUAL | s@x.example | MAIL FROM:<s@x.example>",
                "proven | REQUIRETLS | USUAL | s@x.example | MAIL FROM:<s@x.example>",
                "proven | REQUIRETLS | OPTIONAL | s@x.example | MAIL FROM:<s@x.example>",
                "doubtful | | OPTIONAL | s@x.example | MAIL FROM:<s@x.example>",
            })
    void saysOf(String server, @Nullable String offers, TlsWish tls, @Nullable String sender, String expected) {
        ClientTimeouts patience = new ClientTimeouts(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG);
        ClientSession session = new ClientSession(
                new ClientOptions("me.test", false, 10, patience, ClientOptions.Encrypt.MAY, Optional.empty()));
        session.setPermits(Integer.MAX_VALUE);
        String keywords = offers == null ? "" : "250-" + offers + "\r\n";
        say(session, "220 hi\r\n");
        if (server.equals("plain")) {
            say(session, "250-mx\r\n" + keywords + "250 HELP\r\n");
        } else {
            say(session, "250-mx\r\n250 STARTTLS\r\n");
            say(session, "220 go\r\n");
            session.secured(
                    switch (server) {
                        case "proven" -> Optional.empty();
                        case "busy" -> Optional.of(NOT_NOW);
                        default -> Optional.of(DOUBT);
                    });
            say(session, "250-mx\r\n" + keywords + "250 HELP\r\n");
        }
        session.output().take();

        session.offer(new Envelope(
                new MessageId(1, 1),
                sender == null ? Mailbox.NULL_SENDER : Mailbox.of(sender),
                List.of(Mailbox.of("r@example.com")),
                10,
                false,
                false,
                Dsn.NONE,
                tls));

        assertThat(seen(session)).isEqualTo(expected);
    }

    private void say(ClientSession session, String reply) {
        ByteBuffer bytes = ByteBuffer.wrap(reply.getBytes(StandardCharsets.US_ASCII));
        Optional<Parsed> parsed = parser.next(bytes);
        while (parsed.isPresent()) {
            session.on(parsed.get());
            parsed = parser.next(bytes);
        }
    }

    private static String seen(ClientSession session) {
        for (Step step = session.nextStep(); step != null; step = session.nextStep()) {
            if (step instanceof Step.Settled settled) {
                return switch (settled.outcomes().get(0)) {
                    case Outcome.Bounced bounced -> "bounced " + bounced.reply();
                    case Outcome.Deferred deferred -> "deferred " + deferred.reply();
                    case Outcome.Delivered delivered -> "delivered";
                };
            }
        }
        WireBuffer.Taken taken = session.output().take();
        return new String(taken.bytes(), 0, taken.length(), StandardCharsets.US_ASCII).strip();
    }
}
