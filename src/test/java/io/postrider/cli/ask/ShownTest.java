package io.postrider.cli.ask;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class ShownTest {

    @Test
    void alignsAListOfObjectsUnderAllTheirKeys() throws JsonProcessingException {
        String json = "[{'domain':'a.test','depth':7},{'domain':'long.a.test','depth':123,'waiting_for':'dns'}]";

        assertThat(shown(json))
                .isEqualTo(
                        """
                        domain       depth  waiting_for
                        a.test           7  -
                        long.a.test    123  dns
                        """);
    }

    @Test
    void indentsWhatIsNested() throws JsonProcessingException {
        String json =
                "{'domain':'a.test','depth':2,'tags':['x','y'],'suspension':null,'lanes':[{'tenant':'t','depth':2}],"
                        + "'limits':{'rate':'10/minute'},'replies':[]}";

        assertThat(shown(json))
                .isEqualTo(
                        """
                        domain      a.test
                        depth       2
                        tags        x, y
                        suspension  -
                        lanes
                          tenant  depth
                          t           2
                        limits
                          rate  10/minute
                        replies     -
                        """);
    }

    @Test
    void putsBelowOneAnotherWhatIsTooDeepForATable() throws JsonProcessingException {
        String json = "{'recipients':[{'email':'a@a.test','timeline':[{'type':'deferred','reply':{'code':451,"
                + "'enhanced':null,'text':'later'}}]},{'email':'b@a.test','timeline':[]}]}";

        assertThat(shown(json))
                .isEqualTo(
                        """
                        recipients
                          email  a@a.test
                          timeline
                            type      reply
                            deferred  451 later

                          email     b@a.test
                          timeline  -
                        """);
    }

    private static String shown(String json) throws JsonProcessingException {
        return String.join("\n", Shown.lines(new JsonMapper().readTree(json.replace('\'', '"')))) + "\n";
    }
}
