package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class DemoTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void endsByItselfWithBooksThatBalance() {
        int exitCode = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), "demo");

        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains("healthy.test: 240 sent, 240 delivered;")
                .contains("greylist.test: 40 sent, 40 delivered after 40 were deferred;")
                .contains("bounce.test: 30 sent, 20 delivered, 10 bounced;")
                .contains("slow.test: 30 sent, 30 delivered;")
                .contains("They balance")
                .doesNotContain("\u001b");
        assertThat(exitCode).isZero();
    }
}
