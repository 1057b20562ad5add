package io.postrider.egress;

import static io.postrider.egress.EgressBench.DOMAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx.Step;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The server hangs up on a connection that has sent mail before, instead of answering MAIL. */
class MxClosesIdleConnectionTest {

    private static final String FIRST = "250 ok\r\n250 ok\r\n354 go on";

    @Test
    void theNextMessageGoesOverAnotherConnectionAndBurnsNoAttempt() throws Exception {
        try (ScriptedMx mx = ScriptedMx.playing(
                        new Step.Say("220 hi"),
                        new Step.Expect("EHLO"),
                        new Step.Say("250-mx\r\n250 PIPELINING"),
                        new Step.Expect("DATA"),
                        new Step.Say(FIRST),
                        new Step.ReadBody(),
                        new Step.Say("250 taken"),
                        new Step.Expect("MAIL"),
                        new Step.HangUp());
                EgressBench bench = new EgressBench("postrider.egress.linger = 1h")) {
            bench.route(mx);
            Ticket first = bench.mail();
            bench.send(first);
            assertThat(bench.resultOf(first).kind()).isEqualTo(Kind.DELIVERED);
            Ticket second = bench.mail();

            bench.queue(DOMAIN).tell(new QueueStandIn.Supply(List.of(second)));

            assertThat(bench.resultOf(second).kind()).isEqualTo(Kind.DELIVERED);
            assertThat(mx.connections()).isEqualTo(2);
        }
    }

    @Test
    void aFarewellWhileIdleHarmsNobody() throws Exception {
        try (ScriptedMx mx = ScriptedMx.playing(
                        new Step.Say("220 hi"),
                        new Step.Expect("EHLO"),
                        new Step.Say("250-mx\r\n250 PIPELINING"),
                        new Step.Expect("DATA"),
                        new Step.Say(FIRST),
                        new Step.ReadBody(),
                        new Step.Say("250 taken\r\n421 4.4.2 idle too long"),
                        new Step.HangUp());
                EgressBench bench = new EgressBench()) {
            bench.route(mx);
            List<Ticket> tickets = List.of(bench.mail(), bench.mail(), bench.mail());

            bench.send(DOMAIN, 1, tickets);

            assertThat(bench.outcomes(DOMAIN, 3).values())
                    .allSatisfy(outcome ->
                            assertThat(outcome.results().getFirst().kind()).isEqualTo(Kind.DELIVERED));
            assertThat(bench.site("site.test").sources().getFirst().currentLimit())
                    .isEqualTo(5);
        }
    }
}
