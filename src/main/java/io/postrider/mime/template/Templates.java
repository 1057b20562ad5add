package io.postrider.mime.template;

import io.postrider.mime.template.Engine.Compiled;
import io.postrider.mime.template.Rendering.Failed;
import io.postrider.mime.template.Rendering.Rendered;
import io.postrider.mime.template.Values.ObjectValue;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fills in templates of strangers. They see the values that came with them and nothing else: no class, no file, no
 * other template. For all threads; a compiled template is kept for the next recipient.
 */
public final class Templates {

    private record Key(Dialect dialect, boolean escapeHtml, String text) {}

    private final TemplateSettings settings;
    private final LongSupplier nanoTime;
    private final Engine pebble = new PebbleDialect();
    private final Engine handlebars = new HandlebarsDialect();

    /** In the order of their use, the oldest first; guarded by itself. */
    private final Map<Key, Compiled> compiled = new LinkedHashMap<>(16, 0.75f, true);

    private long charactersKept;
    private long compilations;

    /** @param nanoTime as {@link System#nanoTime()} */
    public Templates(TemplateSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Whether {@code text} has anything to fill in; if not, filling it in would give it back as it is. */
    public static boolean isTemplate(String text) {
        return text.contains("{{") || text.contains("{%") || text.contains("{#");
    }

    /**
     * What one recipient brings along, and the bounds that all templates for this recipient share. Of one thread.
     *
     * @param values of JSON: maps by strings, lists, strings, numbers, truth values and nulls
     */
    public Run run(Dialect dialect, Map<String, ?> values) {
        return new Run(dialect, values);
    }

    /** Templates being filled in for one recipient. */
    public final class Run {
        private final Dialect dialect;
        private final Map<String, ?> given;
        private final Meter meter = new Meter(settings, nanoTime);
        private Optional<ObjectValue> values = Optional.empty();

        private Run(Dialect dialect, Map<String, ?> given) {
            this.dialect = dialect;
            this.given = given;
        }

        /**
         * Never throws for what a template or a value says. Runs on the caller's thread, for microseconds as a rule and
         * not much longer than {@code settings.longestRun()} at worst.
         *
         * @param escapeHtml whether values go into HTML
         */
        public Rendering fill(String text, boolean escapeHtml) {
            if (!isTemplate(text)) {
                return new Rendered(text);
            }
            if (text.length() > settings.longestTemplate()) {
                return new Failed(0, "a template can have at most " + settings.longestTemplate() + " characters");
            }
            Optional<Failed> misshapen = Tags.fault(text, dialect);
            if (misshapen.isPresent()) {
                return misshapen.get();
            }
            Engine engine =
                    switch (dialect) {
                        case PEBBLE -> pebble;
                        case HANDLEBARS -> handlebars;
                    };
            try {
                return filled(compiled(engine, new Key(dialect, escapeHtml, text)));
            } catch (StackOverflowError tooDeep) {
                return new Failed(0, "the template is nested too deeply");
            } catch (IOException | RuntimeException thrown) {
                return failed(engine, thrown);
            }
        }

        private Rendered filled(Compiled template) throws IOException {
            Sheet sheet = new Sheet(meter);
            meter.begin();
            try {
                ObjectValue seen = values.orElseGet(() -> Values.of(given));
                values = Optional.of(seen);
                template.run(seen, sheet);
                return new Rendered(sheet.toString());
            } finally {
                meter.end();
            }
        }
    }

    /** How often a template had to be read, since the start. */
    long compilations() {
        synchronized (compiled) {
            return compilations;
        }
    }

    /** Two threads may read the same template at once; one of them wins. */
    private Compiled compiled(Engine engine, Key key) throws IOException {
        synchronized (compiled) {
            Compiled known = compiled.get(key);
            if (known != null) {
                return known;
            }
        }
        Compiled fresh = engine.compile(key.text(), key.escapeHtml());
        synchronized (compiled) {
            compilations++;
            if (compiled.put(key, fresh) == null) {
                charactersKept += key.text().length();
            }
            Iterator<Key> oldest = compiled.keySet().iterator();
            while (charactersKept > settings.cached() && oldest.hasNext()) {
                charactersKept -= oldest.next().text().length();
                oldest.remove();
            }
        }
        return fresh;
    }

    /** The engines wrap what goes wrong; a bound that was passed says more than what it looked like to them. */
    private static Failed failed(Engine engine, Throwable thrown) {
        Failed failed = engine.failed(thrown);
        return exceeded(thrown)
                .map(bound -> new Failed(failed.line(), String.valueOf(bound.getMessage())))
                .orElse(failed);
    }

    private static Optional<Meter.Exceeded> exceeded(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < 20 && cause != null; i++) {
            if (cause instanceof Meter.Exceeded bound) {
                return Optional.of(bound);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
