package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx.Step;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import org.junit.jupiter.api.Test;

/** The server takes our commands and says nothing. */
class MxStallsAtMailTest {

    @Test
    void defersAsAnAttempt() throws Exception {
        try (ScriptedMx mx = ScriptedMx.playing(
                        new Step.Say("220 hi"),
                        new Step.Expect("EHLO"),
                        new Step.Say("250-mx\r\n250 PIPELINING"),
                        new Step.Expect("DATA"),
                        new Step.Stall());
                EgressBench bench = new EgressBench(
                        "postrider.egress.timeouts { greeting = 200ms, ehlo = 200ms, mail = 200ms, rcpt = 200ms, data = 200ms, data-block = 200ms, final-dot = 200ms }")) {
            bench.route(mx);
            Ticket ticket = bench.mail();

            bench.send(ticket);

            Result result = bench.resultOf(ticket);
            assertThat(result.kind()).isEqualTo(Kind.DEFERRED);
            assertThat(result.ambiguous()).isFalse();
            assertThat(result.reply().text()).contains("no answer within");
            assertThat(bench.outcomesLeft()).isZero();
        }
    }
}
