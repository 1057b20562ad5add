package io.postrider.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.ConfigurationCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageTest {

    @TempDir
    Path directory;

    @Test
    void writesAConfigurationThatIsRightAndRoutesEveryDestination() throws IOException {
        try (Stage stage = Stage.open()) {
            String text = stage.configuration(directory.resolve("a \"quoted\" name"));
            Path file = Files.writeString(directory.resolve("postrider.conf"), text);

            assertThat(ConfigurationCheck.check(Optional.of(file), Map.of())).noneMatch(finding -> finding.isError());
            assertThat(Cast.ALL).allSatisfy(to -> assertThat(text).contains("\"" + to.domain() + "\" = \"127.0.0.1:"));
        }
    }

    @Test
    void mixesTheRecipientsOfAllDestinations() {
        assertThat(Cast.recipients())
                .hasSize(Cast.messagesInAll())
                .doesNotHaveDuplicates()
                .startsWith("user0@healthy.test", "user0@greylist.test", "nobody0@bounce.test", "user0@slow.test");
    }
}
