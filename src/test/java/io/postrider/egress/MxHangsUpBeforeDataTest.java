package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx.Step;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import org.junit.jupiter.api.Test;

/** The server hangs up when it should answer MAIL, on a fresh connection. */
class MxHangsUpBeforeDataTest {

    @Test
    void defersAsAnAttempt() throws Exception {
        try (ScriptedMx mx = ScriptedMx.playing(
                        new Step.Say("220 hi"),
                        new Step.Expect("EHLO"),
                        new Step.Say("250-mx\r\n250 PIPELINING"),
                        new Step.Expect("DATA"),
                        new Step.HangUp());
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            Ticket ticket = bench.mail();

            bench.send(ticket);

            Result result = bench.resultOf(ticket);
            assertThat(result.kind()).isEqualTo(Kind.DEFERRED);
            assertThat(result.ambiguous()).isFalse();
            assertThat(result.reply().text()).contains("the reply to MAIL");
            assertThat(bench.outcomesLeft()).isZero();
        }
    }
}
