package io.postrider.mime.template;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.loader.StringLoader;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import io.postrider.mime.template.Rendering.Failed;
import java.util.Locale;

/** Templates like Jinja's, with the part of Pebble that {@link PebbleLimits} leaves. */
final class PebbleDialect implements Engine {

    private final PebbleEngine html = engine(true);
    private final PebbleEngine plain = engine(false);

    @Override
    public Compiled compile(String template, boolean escapeHtml) {
        PebbleTemplate compiled = (escapeHtml ? html : plain).getLiteralTemplate(template);
        return (values, sheet) -> compiled.evaluate(sheet, values);
    }

    @Override
    public Failed failed(Throwable thrown) {
        if (thrown instanceof PebbleException pebble) {
            Integer line = pebble.getLineNumber();
            String message = pebble.getPebbleMessage();
            return new Failed(line == null ? 0 : line, message == null ? "the template is not right" : message);
        }
        return new Failed(0, "the template is not right");
    }

    /** The cache of templates is ours, and a loader of texts can load nothing else. */
    private static PebbleEngine engine(boolean escapeHtml) {
        return new PebbleEngine.Builder()
                .loader(new StringLoader())
                .cacheActive(false)
                .autoEscaping(escapeHtml)
                .strictVariables(false)
                .newLineTrimming(false)
                .defaultLocale(Locale.ROOT)
                .methodAccessValidator((object, method) -> false)
                .registerExtensionCustomizer(PebbleLimits::new)
                .build();
    }
}
