package io.postrider.ingress.http.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every code of an error that the sources can give stands in the description and in docs/api.md, and no other. */
class CodesTest {

    private static final Path SOURCES = Path.of("src/main/java/io/postrider");
    /** A status and its code, or the code of what is 422 anyway. */
    private static final Pattern CODE = Pattern.compile(
            "\\b(?:of\\(\\s*(?:\\d{3}|Problem\\.INVALID|status)\\s*,|invalid\\()\\s*\"([a-z_]+)\"\\s*,");
    /** Of the management listener. */
    private static final Set<String> ELSEWHERE = Set.of("not_in_this_version");

    private final String document = new String(Description.load().openApi(), StandardCharsets.UTF_8);

    @Test
    void documentsTheCodesOfTheSources() throws IOException {
        Set<String> inSources = inSources();
        String page = Files.readString(Path.of("docs/api.md"));

        assertThat(inSources).hasSizeGreaterThan(20);
        assertThat(inSources)
                .allMatch(code -> document.contains('"' + code + '"') || document.contains('`' + code + '`'));
        assertThat(inSources).allMatch(code -> page.contains('`' + code + '`'));
    }

    @Test
    void documentsNoCodeThatIsNeverGiven() throws IOException {
        Set<String> documented = new TreeSet<>();
        JsonNode responses =
                new JsonMapper().readTree(document).path("components").path("responses");
        responses.forEach(response -> response.path("x-codes").fieldNames().forEachRemaining(documented::add));

        assertThat(documented).hasSizeGreaterThan(20).isSubsetOf(inSources());
    }

    private static Set<String> inSources() throws IOException {
        Set<String> codes = new TreeSet<>();
        for (String part : List.of("http", "ingress", "inquiry")) {
            try (Stream<Path> files = Files.walk(SOURCES.resolve(part))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    Matcher code = CODE.matcher(text(file));
                    while (code.find()) {
                        codes.add(code.group(1));
                    }
                });
            }
        }
        codes.add("invalid_request");
        codes.removeAll(ELSEWHERE);
        return codes;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
