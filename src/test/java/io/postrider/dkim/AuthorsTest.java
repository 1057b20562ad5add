package io.postrider.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorsTest {

    private static HeaderFields header(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HeaderFields.of(bytes, bytes.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ann@example.com                               | example.com",
                "Ann <ann@EXAMPLE.com>                         | example.com",
                "\"a@evil.test\" <ann@example.com>             | example.com",
                "a@evil.test <ann@example.com>                 | example.com",
                "(a@evil.test (x\\)) ) ann@example.com         | example.com",
                "\"ann@evil.test\"@example.com                 | example.com",
                "<@evil.test:ann@example.com>                  | example.com",
                "team: ann@example.com, b@example.org;         | example.com example.org",
                "ann@example.com, Bob <b@example.com>          | example.com",
                "Ann <ann @ example . com>                     | example.com",
                "Ann <ann@bücher.example>                      | xn--bcher-kva.example",
                "Ann <ann@[192.0.2.1]>                         | [192.0.2.1]",
                "Ann <ann@[IPv6:2001:db8::1]>                  | [ipv6:2001:db8::1]",
                "Ann <ann@example.com                          | example.com",
                "Ann                                           | ``",
                "<>                                            | ``",
                "\"open                                        | ``"
            })
    void readsTheDomains(String from, String domains) {
        assertThat(String.join(
                        " ",
                        Authors.domains(header("from: " + from + "\r\n\r\n")).stream()
                                .map(Domain::name)
                                .toList()))
                .isEqualTo(domains);
    }

    @Test
    void readsFoldedAndRepeatedFields() {
        HeaderFields header = header("From: Ann\r\n <ann@\r\n example.com>\r\nTo: x\r\nFrom: b@example.org\r\n\r\n");

        assertThat(Authors.domains(header)).extracting(Domain::name).containsExactly("example.org", "example.com");
        assertThat(Authors.fields(header)).isEqualTo(2);
        assertThat(Authors.domains(header("To: x\r\n\r\nFrom: a@b.c\r\n"))).isEmpty();
    }

    /** Within a minute, and not within an hour. */
    @Test
    @Timeout(60)
    void aHundredThousandAuthorsCostNoMoreThanTheirLength() {
        StringBuilder from = new StringBuilder("From: ");
        for (int i = 0; i < 200_000; i++) {
            from.append("a@d").append(i).append(".example, ");
        }

        assertThat(Authors.domains(header(from + "\r\n\r\n"))).hasSize(200_000);
    }
}
