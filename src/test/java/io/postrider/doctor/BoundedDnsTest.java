package io.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BoundedDnsTest {

    private final TableDns dns =
            new TableDns().with("example.com MX 10 mx.example.com").failing("silent.example");
    private final AtomicLong nanos = new AtomicLong(-5);
    private final BoundedDns bounded = new BoundedDns(dns, nanos::get, Duration.ofSeconds(60));

    @Test
    void asksEachQuestionOnceAlsoWhenItWasInVain() {
        for (int i = 0; i < 3; i++) {
            assertThat(bounded.find("example.com", Kind.MX)).isInstanceOf(Found.Records.class);
            assertThat(bounded.find("example.com", Kind.TXT)).isInstanceOf(Found.None.class);
            assertThat(bounded.find("silent.example", Kind.MX)).isInstanceOf(Found.Unknown.class);
        }

        assertThat(dns.asked()).containsExactly("example.com MX", "example.com TXT", "silent.example MX");
    }

    @Test
    void knowsNothingAfterTooManyQuestions() {
        for (int i = 0; i < 500; i++) {
            assertThat(bounded.find(i + ".example", Kind.A)).isInstanceOf(Found.None.class);
        }

        assertThat(bounded.find("one-more.example", Kind.A)).isInstanceOf(Found.Unknown.class);
        assertThat(bounded.find("7.example", Kind.A)).isInstanceOf(Found.None.class);
        assertThat(dns.asked()).hasSize(500);
    }

    @Test
    void knowsNothingNewAfterTooLongATime() {
        bounded.find("example.com", Kind.MX);
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());

        assertThat(bounded.find("example.com", Kind.TXT)).isInstanceOf(Found.Unknown.class);
        assertThat(bounded.find("example.com", Kind.MX)).isInstanceOf(Found.Records.class);
    }
}
