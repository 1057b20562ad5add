package io.postrider.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the tables, "/" stands for LF and "%" for CRLF. */
class PolicyReaderTest {

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "version: STSv1%mode: enforce%mx: mx.example.com%max_age: 604800% | ENFORCE 604800 [mx.example.com]",
                "version: STSv1/mode: testing/mx: mx.example.com/max_age: 86400 | TESTING 86400 [mx.example.com]",
                "version: STSv1/mode: none/max_age: 86400 | NONE 86400 []",
                "version:STSv1/mode:enforce/mx:*.Example.COM/mx : b.example/max_age:1 | ENFORCE 1 [*.example.com, b.example]",
                // Order, blank lines and white space at the end do not matter, and unknown fields are passed over.
                "max_age: 10  //mode: none/  /version: STSv1\t/x-new_1.2: a b:c | NONE 10 []",
                // Of a field that comes twice the first one counts.
                "version: STSv1/mode: enforce/mode: none/mx: a.example/max_age: 5/max_age: 7 | ENFORCE 5 [a.example]",
                "version: STSv1/mode: none/max_age: 0 | NONE 0 []",
                "version: STSv1/mode: none/max_age: 31557600 | NONE 31557600 []",
                // Beyond a year is a year.
                "version: STSv1/mode: none/max_age: 9999999999 | NONE 31557600 []",
                "version: STSv1/mode: enforce/mx: mx.bücher.example/max_age: 5 | ENFORCE 5 [mx.xn--bcher-kva.example]",
                "version: STSv1/mode: enforce/mx: mx.example.com./max_age: 5 | ENFORCE 5 [mx.example.com]",
                // What is no policy.
                "'' | expected version STSv1, but got nothing",
                "<html><body>Welcome</body></html> | expected \"name: value\", but got '<html><body>Welcome</body></html>'",
                "version: STSv2/mode: none/max_age: 5 | expected version STSv1, but got 'STSv2'",
                "Version: STSv1/mode: none/max_age: 5 | expected version STSv1, but got nothing",
                "version: STSv1/max_age: 5 | expected mode enforce, testing or none, but got nothing",
                "version: STSv1/mode: Enforce/mx: a.example/max_age: 5 | expected mode enforce, testing or none, but got 'Enforce'",
                "version: STSv1/mode: none | expected max_age in seconds, but got nothing",
                "version: STSv1/mode: none/max_age: -1 | expected max_age in seconds, but got '-1'",
                "version: STSv1/mode: none/max_age: 99999999999 | expected max_age in seconds, but got '99999999999'",
                "version: STSv1/mode: enforce/max_age: 5 | expected a field mx, but got none",
                "version: STSv1/mode: testing/max_age: 5 | expected a field mx, but got none",
                "version: STSv1/mode: enforce/mx: */max_age: 5 | expected a host name after mx, but got '*'",
                "version: STSv1/mode: enforce/mx: a.*.example/max_age: 5 | expected a host name after mx, but got 'a.*.example'",
                "version: STSv1/mode: enforce/mx: [192.0.2.1]/max_age: 5 | expected a host name after mx, but got '[192.0.2.1]'",
                "version: STSv1/mode: enforce/mx:/max_age: 5 | expected a host name after mx, but got nothing",
                "version: STSv1/mode: none/max_age: 5/junk | expected \"name: value\", but got 'junk'",
            })
    void reads(String text, String expected) {
        String lines = text.replace("%", "\r\n").replaceAll("(?<!<)/", "\n");

        String seen =
                switch (PolicyReader.read(lines)) {
                    case PolicyReader.Reading.Read read ->
                        read.policy().mode() + " " + read.policy().maxAge().toSeconds() + " "
                                + read.policy().mx();
                    case PolicyReader.Reading.Malformed malformed -> malformed.why();
                };

        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void refusesMoreServersThanAnybodyHas() {
        String many = IntStream.rangeClosed(0, PolicyReader.MOST_MX)
                .mapToObj(i -> "mx: a" + i + ".example")
                .collect(Collectors.joining("\n"));

        assertThat(PolicyReader.read("version: STSv1\nmode: enforce\nmax_age: 5\n" + many))
                .isEqualTo(new PolicyReader.Reading.Malformed("more than 1000 fields mx"));
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "mx.example.com, mx.example.com, true",
        "mx.example.com, mx2.example.com, false",
        "mx.example.com, a.mx.example.com, false",
        "*.example.com, mx.example.com, true",
        "*.example.com, a.b.example.com, false",
        "*.example.com, example.com, false",
        "*.example.com, mxexample.com, false",
        "*.com, example.com, true",
    })
    void matchesOneLabelByAWildCard(String pattern, String host, boolean expected) {
        PublishedPolicy policy =
                switch (PolicyReader.read("version: STSv1\nmode: enforce\nmax_age: 5\nmx: " + pattern)) {
                    case PolicyReader.Reading.Read read -> read.policy();
                    case PolicyReader.Reading.Malformed malformed -> throw new AssertionError(malformed.why());
                };

        assertThat(policy.allows(host)).isEqualTo(expected);
    }
}
