package io.postrider.mime.template;

import io.postrider.mime.template.Rendering.Failed;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Fills in templates of strangers. They see the values that came with them and nothing else: no class, no file, no
 * other template. For all threads; a compiled template is kept for the next recipient.
 */
public final class Templates {

    private final TemplateSettings settings;
    private final LongSupplier nanoTime;

    /** @param nanoTime as {@link System#nanoTime()} */
    public Templates(TemplateSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Whether {@code text} has anything to fill in; if not, {@link #render} would give it back as it is. */
    public static boolean isTemplate(String text) {
        return text.contains("{{") || text.contains("{%") || text.contains("{#");
    }

    /**
     * Never throws for what a template or a value says. Blocks for at most {@code settings.longestRun()}, and usually
     * for some microseconds.
     *
     * @param values of JSON: maps by strings, lists, strings, numbers, truth values and nulls; copied if anything else
     * @param escapeHtml whether values go into HTML
     */
    public Rendering render(Dialect dialect, String text, Map<String, ?> values, boolean escapeHtml) {
        return new Failed(0, "not built yet, " + settings.longestOutput() + nanoTime.getAsLong());
    }
}
