package io.postrider.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

class MailDateTest {

    @Test
    void writesWhatTheJdkWrites() {
        Instant time = Instant.parse("1999-12-31T23:59:59Z");
        for (int i = 0; i < 1000; i++) {
            time = time.plusSeconds(1_234_567);
            assertThat(MailDate.of(time))
                    .isEqualTo(DateTimeFormatter.RFC_1123_DATE_TIME
                            .format(time.atOffset(ZoneOffset.UTC))
                            .replace("GMT", "+0000"));
        }
    }
}
