package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.Outcome;
import io.postrider.mail.Reply;
import io.postrider.smtp.Dsn;
import io.postrider.spool.Body;
import io.postrider.spool.Labels;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For which ends of recipients a report to the sender is owed by us. */
class PieceTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final MessageId ID = new MessageId(1, 2);
    private static final Via VIA = new Via("site", "mx", "192.0.2.1", "default", Via.Tls.NONE);
    private static final Reply OK = Reply.of(250, "2.0.0", "OK");
    private static final Reply NO = Reply.of(550, "5.1.1", "No");

    @ParameterizedTest
    @CsvSource({
        "a@x,'',false,true,false",
        "a@x,FAILURE,false,true,false",
        "a@x,NEVER,false,false,false",
        "a@x,'SUCCESS,DELAY',true,false,false",
        "'',FAILURE,false,false,false",
        "'',SUCCESS,false,false,false"
    })
    void owesWhatTheSenderAskedFor(
            String sender, String notifyOn, boolean onRelay, boolean onFailure, boolean onDsnServer) {
        Piece piece = piece(sender, List.of(notifyOn), List.of());

        assertThat(owed(piece, new Outcome.Delivered(OK, false))).containsExactly(onRelay);
        assertThat(owed(piece, new Outcome.Bounced(NO))).containsExactly(onFailure);
        assertThat(owed(piece, new Outcome.Delivered(OK, true))).containsExactly(onDsnServer);
        assertThat(owed(piece, new Outcome.Deferred(NO, false))).containsExactly(false);
    }

    @Test
    void keepsTheWishesWithTheirRecipientsWhenOnlySomeAreOpen() {
        Piece piece = piece("a@x", List.of("", "NEVER", "FAILURE"), List.of(1, 2));

        assertThat(piece.job().envelope().dsn().recipients())
                .containsExactly(new Dsn.Wish("NEVER", ""), new Dsn.Wish("FAILURE", ""));
        assertThat(owed(piece, new Outcome.Bounced(NO), new Outcome.Bounced(NO)))
                .containsExactly(false, true);
    }

    private static List<Boolean> owed(Piece piece, Outcome... outcomes) {
        return piece.outcome(List.of(outcomes), VIA).results().stream()
                .map(Result::report)
                .toList();
    }

    private static Piece piece(String sender, List<String> notifyOn, List<Integer> open) {
        List<Recipient> recipients = new ArrayList<>();
        for (String wish : notifyOn) {
            int index = recipients.size();
            recipients.add(new Recipient(index, Mailbox.of("u" + index + "@there.example"), wish, ""));
        }
        Reference reference = new Reference(
                ID,
                Domain.of("there.example"),
                sender.isEmpty() ? Mailbox.NULL_SENDER : Mailbox.of(sender),
                recipients,
                Labels.NONE,
                Optional.empty(),
                NOW,
                "",
                "in",
                "s",
                1,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
        return Piece.of(new Ticket(ID, 1, open, NOW), new Stored(reference, new OneByte()));
    }

    private static final class OneByte implements Body {
        @Override
        public long sizeBytes() {
            return 1;
        }

        @Override
        public int chunks() {
            return 1;
        }

        @Override
        public byte[] first() {
            return new byte[1];
        }

        @Override
        public CompletionStage<byte[]> chunk(int index) {
            return CompletableFuture.completedFuture(first());
        }
    }
}
