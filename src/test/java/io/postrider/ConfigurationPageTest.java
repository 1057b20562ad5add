package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is made from reference.conf; with -Dpostrider.docs=write this test writes it anew. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("docs/configuration.md");

    private static final String HEAD =
            """
            # Configuration

            Every key below `postrider` with its default and its meaning, made from `src/main/resources/reference.conf` by
            `mvn -Dtest=ConfigurationPageTest -Dpostrider.docs=write test`. Set what differs in `conf/postrider.conf` (HOCON);
            `bin/postrider check` names what is wrong or unwise, with file and line. Durations take `ms`, `s`, `m`, `h`, `d` or the
            words, sizes `KiB`, `MiB`, `GiB`. Neighbours may share one remark.
            `${NAME}` takes an environment variable; system properties play no part. Sections `pekko` and `kamon` are handed on.

            A key that is not here stops the start. So does one of a version to come (webhooks, a cluster),
            unless its value only says what this version does anyway, such as `storage = embedded`.

            Where you choose the names: `egress.sources.NAME { bind-v4, bind-v6, ehlo }`, `egress.pools.NAME = [{ source, weight }]`,
            `egress.routes."domain" = "host:port" | { hosts = [...], tls, user, password-file }`, `egress.per-site."site or MX suffix" { as in default }`,
            `egress.per-domain."domain" { as in default, retry { as in retry }, tls { as in egress.tls } }`, `smtp.listeners = [{ as in
            listener-defaults }]` with
            `tls { as in tls.server-defaults }`, and `dkim.signers = [{ domain, selector, key-file, as in signer-defaults }]`.
            `conf/examples` shows them at work.

            | key | default | meaning |
            |---|---|---|
            """;

    private record Row(String key, ConfigValue value, List<String> comments) {
        int line() {
            return value.origin().lineNumber();
        }

        String start() {
            String text = value.render(ConfigRenderOptions.concise());
            return "| `" + key + "` | `" + text.replace("|", "\\|") + "` |";
        }

        String meaning() {
            return comments.stream()
                    .map(String::strip)
                    .filter(text -> !text.isEmpty() && !text.startsWith("section:"))
                    .map(text -> text.replace("|", "\\|"))
                    .collect(Collectors.joining(" "));
        }
    }

    @Test
    void listsEveryKeyWithItsDefault() throws IOException {
        List<Row> rows = new ArrayList<>();
        collect(ConfigFactory.parseResources("reference.conf").getObject("postrider"), "", List.of(), rows);
        rows.sort(Comparator.comparingInt(Row::line).thenComparing(Row::key));
        if ("write".equals(System.getProperty("postrider.docs"))) {
            Files.writeString(PAGE, HEAD + table(rows));
        }

        String page = Files.readString(PAGE);

        assertThat(rows).hasSizeGreaterThan(50);
        assertThat(rows)
                .as("write the page anew with -Dtest=ConfigurationPageTest -Dpostrider.docs=write")
                .allMatch(row -> page.contains(row.start()));
    }

    /** A remark stands above the first of the keys that share it. */
    private static String table(List<Row> rows) {
        StringBuilder table = new StringBuilder();
        String meaning = "";
        int line = 0;
        for (Row row : rows) {
            boolean shares = row.meaning().isEmpty() && row.line() <= line + 1;
            meaning = shares ? meaning : row.meaning();
            line = row.line();
            table.append(row.start()).append(' ').append(meaning).append(" |\n");
        }
        return table.toString();
    }

    private static void collect(ConfigObject section, String path, List<String> above, List<Row> rows) {
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            String key = path + ConfigUtil.joinPath(entry.getKey());
            ConfigValue value = entry.getValue();
            List<String> own = value.origin().comments();
            List<String> comments = own.isEmpty() ? above : own;
            if (value instanceof ConfigObject below && !below.isEmpty()) {
                collect(below, key + ".", comments, rows);
            } else {
                rows.add(new Row(key, value, comments));
            }
        }
    }
}
