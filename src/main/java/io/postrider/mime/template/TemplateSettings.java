package io.postrider.mime.template;

import com.typesafe.config.Config;
import java.time.Duration;

/** {@code postrider.templates}: the bounds of what templates may ask for. */
public record TemplateSettings(int longestOutput, int longestTemplate, Duration longestRun, int cached) {

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
        check(
                longestRun.isPositive() && longestRun.compareTo(Duration.ofMinutes(1)) <= 0,
                "max-time",
                "above 0 and at most 1 minute",
                longestRun);
        check(cached > 0 && cached <= 100_000, "cache", "from 1 to 100000", cached);
    }

    public static TemplateSettings from(Config config) {
        return new TemplateSettings(
                config.getBytes(KEY + "max-output").intValue(),
                config.getBytes(KEY + "max-template").intValue(),
                config.getDuration(KEY + "max-time"),
                config.getInt(KEY + "cache"));
    }

    private static void check(boolean fits, String key, String expected, Object got) {
        if (!fits) {
            throw new IllegalArgumentException(KEY + key + ": expected " + expected + ", but got " + got);
        }
    }
}
