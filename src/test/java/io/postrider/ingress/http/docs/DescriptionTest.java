package io.postrider.ingress.http.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DescriptionTest {

    private final Description description = Description.load();
    private final String page = new String(description.page(), StandardCharsets.UTF_8);

    @Test
    void showsEveryOperationSchemaAndCode() throws IOException {
        JsonNode document = document();

        document.path("paths")
                .forEach(path -> path.forEach(operation -> {
                    if (operation.has("operationId")) {
                        assertThat(page)
                                .contains(
                                        "id=\"" + operation.path("operationId").asText() + '"');
                    }
                }));
        document.path("components").path("schemas").fieldNames().forEachRemaining(name -> assertThat(page)
                .contains("id=\"schema-" + name + '"'));
        document.path("components").path("responses").forEach(response -> response.path("x-codes")
                .fieldNames()
                .forEachRemaining(code -> assertThat(page).contains("id=\"code-" + code + '"')));
    }

    @Test
    void hasNoLinkToNowhereAndNoIdTwice() {
        List<String> ids = all("id=\"([^\"]+)\"").toList();

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(all("href=\"#([^\"]+)\"")).isNotEmpty().isSubsetOf(ids);
    }

    @Test
    void takesNothingFromElsewhereAndRunsNothing() throws Exception {
        assertThat(all("(?:src|href)=\"([^\"]+)\""))
                .allMatch(
                        target -> target.startsWith("#") || target.equals("/openapi.json") || target.equals("data:,"));
        assertThat(page).doesNotContain("<script", "@import", "url(", " onclick", " style=");
        String style = all("<style>([^<]*)</style>").findFirst().orElseThrow();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
        assertThat(description.contentSecurityPolicy())
                .startsWith("default-src 'none'; ")
                .contains("style-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'")
                .doesNotContain("http", "unsafe", "*");
    }

    @Test
    void escapesWhatTheDocumentSays() throws IOException {
        JsonNode hostile = new JsonMapper()
                .readTree(
                        """
                        {"info": {"title": "<b>\\"A\\" & `B`", "summary": "`<i>` x"}, "paths": {}}""");

        String html = new DocsPage(hostile, "").html();

        assertThat(html).contains("<title>&lt;b&gt;&quot;A&quot; &amp; `B`</title>", "<code>&lt;i&gt;</code> x");
    }

    @Test
    void pointsOnlyToWhatIsThere() throws IOException {
        JsonNode document = document();
        List<String> references = new ArrayList<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));

        assertThat(references).isNotEmpty().allSatisfy(reference -> assertThat(
                        document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    private JsonNode document() throws IOException {
        return new JsonMapper().readTree(description.openApi());
    }

    private Stream<String> all(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        return matcher.results().map(found -> found.group(1));
    }
}
