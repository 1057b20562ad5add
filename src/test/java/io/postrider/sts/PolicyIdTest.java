package io.postrider.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyIdTest {

    /** Records are parted by "&". */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "v=STSv1; id=20160831085700Z; | 20160831085700Z",
                "v=STSv1;id=1 | 1",
                "v=STSv1 ; id=1 ; | 1",
                "v=STSv1; x=new; id=1; y=2 | 1",
                "v=STSv1; id=1; id=2 | 1",
                "v=spf1 -all & v=STSv1; id=1 & anything | 1",
                // None, or none that counts.
                "v=spf1 -all | none",
                "v=STSv1 | none",
                "v=STSv1; | none",
                "v=STSv1; x=1 | none",
                "v=stsv1; id=1 | none",
                "v=STSv10; id=1 | none",
                "v=STSv1; id= | none",
                "v=STSv1; id=a-b | none",
                "v=STSv1; id=123456789012345678901234567890123 | none",
                "v=STSv1;; id=1 | none",
                "v=STSv1; what is this; id=1 | none",
                "id=1; v=STSv1; | none",
                // RFC 8461 §3.1: exactly one.
                "v=STSv1; id=1 & v=STSv1; id=1 | none",
                "v=STSv1; id=1 & v=STSv1; nonsense | none",
            })
    void isInExactlyOneRecord(String records, String expected) {
        List<String> texts = Arrays.asList(records.split(" & ", -1));

        assertThat(PolicyId.of(texts).orElse("none")).isEqualTo(expected);
    }
}
