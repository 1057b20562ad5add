package io.postrider.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Reply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyMeaningTest {

    @ParameterizedTest
    @CsvSource({
        "MAIL, 250, 2.1.0, GO_ON",
        "MAIL, 451, 4.3.0, DEFER",
        "MAIL, 452, 4.3.1, DEFER",
        "MAIL, 550, 5.7.1, BOUNCE",
        "MAIL, 552, 5.3.4, BOUNCE",
        "MAIL, 354, '', OUT_OF_PLACE",
        "MAIL, 503, 5.5.1, OUT_OF_PLACE",
        "MAIL, 421, 4.3.2, CLOSING",
        "RCPT, 250, 2.1.5, GO_ON",
        "RCPT, 251, 2.1.5, GO_ON",
        "RCPT, 252, '', GO_ON",
        "RCPT, 299, '', GO_ON",
        "RCPT, 450, 4.2.1, DEFER",
        "RCPT, 452, 4.5.3, TOO_MANY",
        "RCPT, 452, '', TOO_MANY",
        "RCPT, 452, 4.2.2, DEFER",
        "RCPT, 552, 5.5.3, TOO_MANY",
        "RCPT, 552, '', TOO_MANY",
        "RCPT, 552, 5.2.2, DEFER",
        "RCPT, 550, 5.1.1, BOUNCE",
        "RCPT, 354, '', OUT_OF_PLACE",
        "RCPT, 503, '', OUT_OF_PLACE",
        "RCPT, 421, '', CLOSING",
        "DATA, 354, '', GO_ON",
        "DATA, 350, '', OUT_OF_PLACE",
        "DATA, 250, '', OUT_OF_PLACE",
        "DATA, 451, 4.3.0, DEFER",
        "DATA, 554, 5.5.0, BOUNCE",
        "DATA, 503, '', OUT_OF_PLACE",
        "DATA, 421, '', CLOSING",
        "FINAL_DOT, 250, 2.0.0, GO_ON",
        "FINAL_DOT, 354, '', OUT_OF_PLACE",
        "FINAL_DOT, 451, 4.7.1, DEFER",
        "FINAL_DOT, 552, 5.3.4, BOUNCE",
        "FINAL_DOT, 554, 5.7.1, BOUNCE",
        "FINAL_DOT, 503, '', OUT_OF_PLACE",
        "FINAL_DOT, 421, '', CLOSING",
    })
    void eachReplyMeansThis(ReplyMeaning.To command, int code, String enhanced, ReplyMeaning meaning) {
        assertThat(ReplyMeaning.of(command, Reply.of(code, enhanced, "text"))).isEqualTo(meaning);
    }

    @ParameterizedTest
    @CsvSource({
        "421, '', true",
        "421, 4.4.2, true",
        "450, 4.7.1, true",
        "451, 4.7.0, true",
        "451, 4.3.0, false",
        "451, '', false",
        "550, 5.7.1, false",
        "250, 2.7.0, false",
    })
    void theseAskToSlowDown(int code, String enhanced, boolean slower) {
        assertThat(ReplyMeaning.asksToSlowDown(Reply.of(code, enhanced, "text")))
                .isEqualTo(slower);
    }
}
