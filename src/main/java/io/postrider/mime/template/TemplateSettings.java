package io.postrider.mime.template;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * {@code postrider.templates}: the bounds of what templates may ask for.
 *
 * @param longestOutput in characters, of each text that a template makes
 * @param longestTemplate in characters
 * @param mostSteps of all templates for one recipient: turns of a loop, operators, filters, values
 * @param longestRun of all templates for one recipient
 * @param cached how many characters of templates are kept compiled
 */
public record TemplateSettings(int longestOutput, int longestTemplate, int mostSteps, Duration longestRun, int cached) {

    private static final String KEY = "postrider.templates.";
    private static final int MEBIBYTE = 1024 * 1024;

    public TemplateSettings {
        check(
                longestOutput > 0 && longestOutput <= 64 * MEBIBYTE,
                "max-output",
                "from 1 to 64Mi characters",
                longestOutput);
        check(
                longestTemplate > 0 && longestTemplate <= 64 * MEBIBYTE,
                "max-template",
                "from 1 to 64Mi characters",
                longestTemplate);
        check(mostSteps > 0 && mostSteps <= 1_000_000_000, "max-steps", "from 1 to 1000000000", mostSteps);
        check(
                longestRun.isPositive() && longestRun.compareTo(Duration.ofMinutes(1)) <= 0,
                "max-time",
                "above 0 and at most 1 minute",
                longestRun);
        check(cached > 0 && cached <= 1024 * MEBIBYTE, "cache", "from 1 to 1Gi characters", cached);
    }

    /** @param postrider the section {@code postrider} */
    public static TemplateSettings from(Config postrider) {
        Config templates = postrider.getConfig("templates");
        return new TemplateSettings(
                characters(templates, "max-output"),
                characters(templates, "max-template"),
                templates.getInt("max-steps"),
                templates.getDuration("max-time"),
                characters(templates, "cache"));
    }

    private static int characters(Config templates, String key) {
        return (int) Math.min(Integer.MAX_VALUE, templates.getBytes(key));
    }

    private static void check(boolean fits, String key, String expected, Object got) {
        if (!fits) {
            throw new IllegalArgumentException(KEY + key + ": expected " + expected + ", but got " + got);
        }
    }
}
