package io.postrider.mime.template;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Decorator;
import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Formatter;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.HandlebarsException;
import com.github.jknack.handlebars.Helper;
import com.github.jknack.handlebars.Options;
import com.github.jknack.handlebars.Template;
import com.github.jknack.handlebars.context.MapValueResolver;
import com.github.jknack.handlebars.helper.DefaultHelperRegistry;
import com.github.jknack.handlebars.io.AbstractTemplateLoader;
import com.github.jknack.handlebars.io.TemplateSource;
import io.postrider.mime.template.Rendering.Failed;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Templates of Handlebars with the helpers {@code if}, {@code unless}, {@code each}, {@code with} and {@code lookup}.
 * Partials, decorators and every other helper are gone, and values have no properties but the members of objects.
 */
final class HandlebarsDialect implements Engine {

    private static final Set<String> HELPERS = Set.of("if", "unless", "with");

    private final Handlebars html = engine(EscapingStrategy.HTML_ENTITY);
    private final Handlebars plain = engine(EscapingStrategy.NOOP);

    @Override
    public Compiled compile(String template, boolean escapeHtml) throws IOException {
        Template compiled = (escapeHtml ? html : plain).compileInline(template);
        return (values, sheet) -> compiled.apply(
                Context.newBuilder(values).resolver(MapValueResolver.INSTANCE).build(), sheet);
    }

    @Override
    public Failed failed(Throwable thrown) {
        if (thrown instanceof HandlebarsException handlebars && handlebars.getError() != null) {
            return new Failed(handlebars.getError().line, handlebars.getError().reason);
        }
        return new Failed(0, "the template is not right");
    }

    private static Handlebars engine(EscapingStrategy escaping) {
        return new Handlebars(new NoTemplates())
                .with(new Helpers())
                .with(escaping)
                .with(HandlebarsDialect::print);
    }

    /** Each value that is printed passes here before it becomes a text. */
    private static Object print(Object value, Formatter.Chain next) {
        Meter.scalar(value instanceof Handlebars.SafeString safe ? safe.toString() : value);
        Object text = next.format(Values.printed(value));
        Meter.current().hold(text instanceof CharSequence characters ? characters.length() : 0);
        return text;
    }

    /** Sections over lists come here as well as {@code each}. */
    private static Object each(@Nullable Object value, Options options) throws IOException {
        Meter meter = Meter.current();
        Options.Buffer buffer = options.buffer();
        Object entries = value instanceof Map<?, ?> map ? Values.of(map.entrySet()) : Values.of(value);
        if (!(entries instanceof Values.ListValue list) || list.isEmpty()) {
            return options.inverse();
        }
        int index = 0;
        for (Object entry : list) {
            boolean isMember = value instanceof Map<?, ?> && entry instanceof Map<?, ?>;
            Object element = isMember ? ((Map<?, ?>) entry).get("value") : entry;
            Object key = isMember ? ((Map<?, ?>) entry).get("key") : Integer.valueOf(index);
            Context context = Context.newContext(options.context, element)
                    .combine("@key", key)
                    .combine("@index", index)
                    .combine("@first", index == 0 ? "first" : "")
                    .combine("@last", index == list.size() - 1 ? "last" : "");
            CharSequence text = options.apply(options.fn, context, Arrays.asList(element, key));
            meter.hold(text.length());
            buffer.append(text);
            index++;
        }
        return buffer;
    }

    /** The library's own would look into properties of classes. */
    private static @Nullable Object lookup(@Nullable Object value, Options options) {
        Object name = options.param(0, "");
        Meter.scalar(name);
        if (value instanceof Map<?, ?> map) {
            return map.get(String.valueOf(name));
        }
        if (value instanceof List<?> list && name instanceof Integer at && at >= 0 && at < list.size()) {
            return list.get(at);
        }
        return null;
    }

    /** Knows a few helpers, and no way to more of them. */
    private static final class Helpers extends DefaultHelperRegistry {

        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // No helper of this name is null to the library.
        public <C> @Nullable Helper<C> helper(String name) {
            if (name.equals("each")) {
                return (Helper<C>) (Helper<Object>) HandlebarsDialect::each;
            }
            if (name.equals("lookup")) {
                return (Helper<C>) (Helper<Object>) HandlebarsDialect::lookup;
            }
            return HELPERS.contains(name) ? super.helper(name) : null;
        }

        @Override
        public Set<Map.Entry<String, Helper<?>>> helpers() {
            return Set.of();
        }

        @Override
        public Decorator decorator(String name) {
            throw new Meter.Exceeded("decorators such as {{#*" + name + "}} are not available");
        }
    }

    /** There are no templates but the one in the request. */
    private static final class NoTemplates extends AbstractTemplateLoader {
        @Override
        public TemplateSource sourceAt(String location) {
            throw new Meter.Exceeded("partials such as {{> " + location + "}} are not available");
        }
    }
}
