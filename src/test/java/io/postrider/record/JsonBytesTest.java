package io.postrider.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonBytesTest {

    private static String text(JsonBytes json) {
        return new String(json.array(), 0, json.length(), UTF_8);
    }

    @Test
    void writesEveryStringSoThatAParserReadsTheSame() throws IOException {
        String nasty = "a\"b\\c\n\r\t\u0000\u001f\u007f\u0080\u07ff\u0800\uffff\ud83d\ude00 </script> ü";
        JsonBytes json = new JsonBytes(1).begin().field("text", nasty).end();

        JsonNode read = new ObjectMapper().readTree(text(json));

        assertThat(read.path("text").asText()).isEqualTo(nasty);
        assertThat(text(json)).doesNotContain("\u007f", "\n");
    }

    @Test
    void replacesHalfAPairWhichNoUtf8Has() {
        assertThat(text(new JsonBytes(8).string("\ud83dx\ude00"))).isEqualTo("\"\ufffdx\ufffd\"");
    }

    @Test
    void setsCommasAndNumbers() {
        JsonBytes json = new JsonBytes(4).begin().field("a", 0).field("b", -17).field("c", Long.MIN_VALUE);
        json.field("d", Long.MAX_VALUE).fieldInSeconds("e", 60_007).fieldUnlessEmpty("f", "");
        json.name("g").beginArray().string("x").string("y").endArray();
        json.name("h").begin().end().name("i").raw("true").field("j", "k").end();

        assertThat(text(json))
                .isEqualTo("{\"a\":0,\"b\":-17,\"c\":-9223372036854775808,\"d\":9223372036854775807,\"e\":60.007,"
                        + "\"g\":[\"x\",\"y\"],\"h\":{},\"i\":true,\"j\":\"k\"}");
    }
}
