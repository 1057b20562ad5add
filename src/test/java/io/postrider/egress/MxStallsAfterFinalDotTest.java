package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx.Step;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import org.junit.jupiter.api.Test;

/** The server takes the message and never says what it did with it. */
class MxStallsAfterFinalDotTest {

    @Test
    void defersAsAmbiguous() throws Exception {
        try (ScriptedMx mx = ScriptedMx.playing(
                        new Step.Say("220 hi"),
                        new Step.Expect("EHLO"),
                        new Step.Say("250-mx\r\n250 PIPELINING"),
                        new Step.Expect("DATA"),
                        new Step.Say("250 ok\r\n250 ok\r\n354 go on"),
                        new Step.ReadBody(),
                        new Step.Stall());
                EgressBench bench = new EgressBench(
                        "postrider.egress.timeouts { greeting = 200ms, ehlo = 200ms, mail = 200ms, rcpt = 200ms, data = 200ms, data-block = 200ms, final-dot = 200ms }")) {
            bench.route(mx);
            Ticket ticket = bench.mail();

            bench.send(ticket);

            Result result = bench.resultOf(ticket);
            assertThat(result.kind()).isEqualTo(Kind.DEFERRED);
            assertThat(result.ambiguous()).isTrue();
            assertThat(result.reply().text()).contains("the reply to the message");
            assertThat(bench.outcomesLeft()).isZero();
        }
    }
}
