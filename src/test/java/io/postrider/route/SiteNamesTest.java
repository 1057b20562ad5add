package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteNamesTest {

    @ParameterizedTest
    @CsvSource({
        "mx.example.com, mx.example.com",
        "aspmx.l.google.com alt2.l.google.com alt1.l.google.com, (alt1|alt2|aspmx).l.google.com",
        "aspmx.l.google.com alt1.aspmx.l.google.com, (alt1.aspmx|aspmx).l.google.com",
        "google.com mx.google.com, (google|mx.google).com",
        "a.example b.example a.example, (a|b).example",
        "a.one b.two, (a.one|b.two)",
        "xmail.example mail.example, (mail|xmail).example",
        "localhost other, (localhost|other)",
    })
    void rollsHostsUpIntoOneName(String hosts, String site) {
        assertThat(SiteNames.rollUp(List.of(hosts.split(" "))).name()).isEqualTo(site);
    }
}
