package io.postrider.cli.demo;

import io.postrider.cli.sink.SinkCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What happened at each destination, and why, in words. */
final class Story {

    private static final int WIDTH = 76;
    private static final String INDENT = "    ";

    private final Stage stage;
    private final Map<Cast, Duration> doneAfter;

    Story(Stage stage, Map<Cast, Duration> doneAfter) {
        this.stage = stage;
        this.doneAfter = doneAfter;
    }

    void tell(Demo.Teller teller) {
        teller.line("What happened");
        for (Cast destination : Cast.ALL) {
            teller.line("  " + headline(destination));
            wrapped(destination.moral()).forEach(line -> teller.line(INDENT + line));
        }
        teller.line("");
    }

    private String headline(Cast destination) {
        SinkCounts.Domain counts = stage.counts(destination);
        StringBuilder text = new StringBuilder(destination.domain())
                .append(": ")
                .append(destination.messages())
                .append(" sent, ")
                .append(counts.received())
                .append(" delivered");
        if (counts.deferred() > 0) {
            text.append(" after ").append(counts.deferred()).append(" were deferred");
        }
        if (counts.rejected() > 0) {
            text.append(", ").append(counts.rejected()).append(" bounced");
        }
        Optional.ofNullable(doneAfter.get(destination))
                .ifPresent(after ->
                        text.append(String.format(Locale.ROOT, "; all done after %.1f s", after.toMillis() / 1000.0)));
        return text.toString();
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : List.of(text.split(" ", -1))) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
