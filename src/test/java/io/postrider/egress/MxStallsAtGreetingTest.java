package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.egress.ScriptedMx.Step;
import io.postrider.egress.ToConnection.Ticket;
import io.postrider.event.QueueEvent.Kind;
import org.junit.jupiter.api.Test;

/** The server takes the connection and says nothing. */
class MxStallsAtGreetingTest {

    @Test
    void isGivenUpForTheNextHost() throws Exception {
        try (ScriptedMx silent = ScriptedMx.playing(new Step.Stall());
                ScriptedMx mx = ScriptedMx.serving();
                EgressBench bench = new EgressBench("postrider.egress.timeouts.greeting = 200ms")) {
            bench.route(silent, mx);
            Ticket ticket = bench.mail();

            bench.send(ticket);

            assertThat(bench.resultOf(ticket).kind()).isEqualTo(Kind.DELIVERED);
        }
    }

    @Test
    void burnsNoAttemptWhenItIsTheOnlyHost() throws Exception {
        try (ScriptedMx silent = ScriptedMx.playing(new Step.Stall());
                EgressBench bench = new EgressBench("postrider.egress.timeouts.greeting = 200ms")) {
            bench.route(silent);

            bench.send(bench.mail());

            assertThat(bench.hears(FromConnection.AllHostsFailed.class).reply().text())
                    .contains("the greeting");
        }
    }
}
