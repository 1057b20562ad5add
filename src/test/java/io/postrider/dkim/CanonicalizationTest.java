package io.postrider.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalizationTest {

    private static String body(Canonicalization.Form form, String body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = ("before" + body + "behind").getBytes(StandardCharsets.ISO_8859_1);
        CanonicalBody.write(form, bytes, 6, bytes.length - 6, out::write);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static String field(Canonicalization.Form form, String field) {
        HeaderBytes out = new HeaderBytes();
        byte[] bytes = field.getBytes(StandardCharsets.ISO_8859_1);
        out.field(form, bytes, 0, field.indexOf(':'), bytes.length);
        return new String(out.bytes(), 0, out.length(), StandardCharsets.ISO_8859_1);
    }

    /** Tables are readable with / for CRLF, _ for a blank and ~ for a tab. */
    private static String read(String table) {
        return table.replace("'", "").replace("/", "\r\n").replace('_', ' ').replace('~', '\t');
    }

    /** The example of RFC 6376 §3.4.5. */
    @Test
    void theExampleOfTheStandard() {
        String header = "A: X\r\n|B : Y\t\r\n\tZ  \r\n";
        String a = header.substring(0, header.indexOf('|'));
        String b = header.substring(header.indexOf('|') + 1);
        String body = " C \r\nD \t E\r\n\r\n\r\n";

        assertThat(field(Canonicalization.Form.RELAXED, a)).isEqualTo("a:X\r\n");
        assertThat(field(Canonicalization.Form.RELAXED, b)).isEqualTo("b:Y Z\r\n");
        assertThat(body(Canonicalization.Form.RELAXED, body)).isEqualTo(" C\r\nD E\r\n");
        assertThat(field(Canonicalization.Form.SIMPLE, a)).isEqualTo(a);
        assertThat(field(Canonicalization.Form.SIMPLE, b)).isEqualTo(b);
        assertThat(body(Canonicalization.Form.SIMPLE, body)).isEqualTo(" C \r\nD \t E\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'',           '/',        ''",
        "'/',          '/',        ''",
        "'///',        '/',        ''",
        "'_',          '_/',       ''",
        "'_/~/',       '_/~/',     ''",
        "'a',          'a/',       'a/'",
        "'a_',         'a_/',      'a/'",
        "'a/',         'a/',       'a/'",
        "'a//',        'a/',       'a/'",
        "'a_//',       'a_/',      'a/'",
        "'a/_/b',      'a/_/b/',   'a//b/'",
        "'/a',         '/a/',      '/a/'",
        "'__a',        '__a/',     '_a/'",
        "'~a',         '~a/',      '_a/'",
        "'a_b~c_~d',   'a_b~c_~d/','a_b_c_d/'",
        "'a_~/~b',     'a_~/~b/',  'a/_b/'",
        "'a/_~/_/',    'a/_~/_/',  'a/'"
    })
    void bodiesInBothForms(String body, String simple, String relaxed) {
        assertThat(body(Canonicalization.Form.SIMPLE, read(body))).isEqualTo(read(simple));
        assertThat(body(Canonicalization.Form.RELAXED, read(body))).isEqualTo(read(relaxed));
    }

    @Test
    void loneCarriageReturnsAndNewlinesAreText() {
        assertThat(body(Canonicalization.Form.RELAXED, "a\r\r\n b\n\r\n")).isEqualTo("a\r\r\n b\n\r\n");
        assertThat(body(Canonicalization.Form.SIMPLE, "a\r\n\r")).isEqualTo("a\r\n\r\r\n");
    }

    /** Against the rules of the standard, each done in a step of its own. */
    @Test
    void relaxedIsWhatTheRulesSayStepByStep() {
        Random random = new Random(7);
        String[] pieces = {"a", "b", " ", " ", "\t", "\r\n", "\r\n", "\r", "\n"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String body = text.toString();

            String expected = body.replaceAll("[ \t]+(?=\r\n|$(?![\r\n]))", "").replaceAll("[ \t]+", " ");
            expected = expected.replaceAll("(\r\n)+\\z", "");
            expected = expected.isEmpty() ? "" : expected + "\r\n";
            assertThat(body(Canonicalization.Form.RELAXED, body))
                    .as(body.replace("\r", "\\r").replace("\n", "\\n"))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aFieldWithoutItsLineEndGetsOne() {
        assertThat(field(Canonicalization.Form.SIMPLE, "A:b")).isEqualTo("A:b\r\n");
        assertThat(field(Canonicalization.Form.RELAXED, "A \t:")).isEqualTo("a:\r\n");
    }

    @Test
    void readsTheWordsOfC() {
        assertThat(Canonicalization.parse("relaxed/simple"))
                .hasValueSatisfying(c -> assertThat(c).hasToString("relaxed/simple"));
        assertThat(Canonicalization.parse("relaxed"))
                .hasValueSatisfying(c -> assertThat(c).hasToString("relaxed/simple"));
        assertThat(Canonicalization.parse("nofws")).isEmpty();
        assertThat(Canonicalization.parse("simple/")).isEmpty();
    }
}
