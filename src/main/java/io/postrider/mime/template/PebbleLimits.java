package io.postrider.mime.template;

import io.pebbletemplates.pebble.attributes.AttributeResolver;
import io.pebbletemplates.pebble.attributes.ResolvedAttribute;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.AbstractNodeVisitor;
import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.extension.NodeVisitorFactory;
import io.pebbletemplates.pebble.extension.core.AttributeResolverExtension;
import io.pebbletemplates.pebble.extension.core.CoreExtension;
import io.pebbletemplates.pebble.node.ForNode.LoopVariables;
import io.pebbletemplates.pebble.node.PrintNode;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.tokenParser.ForTokenParser;
import io.pebbletemplates.pebble.tokenParser.IfTokenParser;
import io.pebbletemplates.pebble.tokenParser.SetTokenParser;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import io.postrider.mime.template.PebbleNodes.MeteredExpression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is left of Pebble's language: {@code for}, {@code if} and {@code set}, the filters below, and values without
 * methods. Whatever makes or walks through something runs the meter; whatever loads, defines or calls is gone.
 */
final class PebbleLimits extends ExtensionCustomizer {

    private static final Set<String> OF_TEXTS = Set.of(
            "abbreviate",
            "abs",
            "capitalize",
            "date",
            "escape",
            "lower",
            "nl2br",
            "numberformat",
            "raw",
            "split",
            "title",
            "trim",
            "upper",
            "urlencode");

    private static final Set<String> OF_ALL =
            Set.of("default", "first", "last", "length", "reverse", "rsort", "slice", "sort");

    /** Those that look at their right side only if they must, and those that are no calculation. */
    private static final Set<String> LEFT_AS_THEY_ARE = Set.of("or", "and", "is", "is not", "|", "..");

    private final boolean isCore;
    private final boolean resolves;

    PebbleLimits(Extension extension) {
        super(extension);
        this.isCore = extension instanceof CoreExtension;
        this.resolves = extension instanceof AttributeResolverExtension;
    }

    @Override
    public List<TokenParser> getTokenParsers() {
        return isCore
                ? List.of(
                        new PebbleNodes.MeteredFor(new ForTokenParser()),
                        new IfTokenParser(),
                        new PebbleNodes.MeteredSet(new SetTokenParser()))
                : List.of();
    }

    @Override
    public Map<String, Filter> getFilters() {
        Map<String, Filter> filters = new HashMap<>();
        Map<String, Filter> all = super.getFilters();
        if (all != null) {
            all.forEach((name, filter) -> {
                if (OF_TEXTS.contains(name) || OF_ALL.contains(name)) {
                    filters.put(name, new PebbleFilters.Metered(filter, OF_TEXTS.contains(name)));
                }
            });
        }
        if (isCore) {
            filters.put("join", new PebbleFilters.Join());
            filters.put("replace", new PebbleFilters.Replace());
        }
        return filters;
    }

    @Override
    public Map<String, Function> getFunctions() {
        return isCore ? Map.of("range", new PebbleFilters.Range()) : Map.of();
    }

    @Override
    public List<BinaryOperator> getBinaryOperators() {
        List<BinaryOperator> operators = new ArrayList<>();
        List<BinaryOperator> all = super.getBinaryOperators();
        if (all != null) {
            for (BinaryOperator operator : all) {
                boolean asIs = LEFT_AS_THEY_ARE.contains(operator.getSymbol());
                operators.add(asIs ? operator : PebbleNodes.metered(operator));
            }
        }
        return operators;
    }

    @Override
    public List<NodeVisitorFactory> getNodeVisitors() {
        List<NodeVisitorFactory> visitors = new ArrayList<>();
        if (isCore) {
            visitors.add(template -> new AbstractNodeVisitor((PebbleTemplateImpl) template) {
                @Override
                public void visit(PrintNode node) {
                    node.setExpression(MeteredExpression.ofText(node.getExpression()));
                }
            });
            return visitors;
        }
        List<NodeVisitorFactory> others = super.getNodeVisitors();
        return others == null ? visitors : others;
    }

    @Override
    public List<AttributeResolver> getAttributeResolver() {
        return resolves
                ? List.of((instance, name, arguments, args, context, file, line) ->
                        attribute(instance, name, arguments, file, line))
                : List.of();
    }

    /** Members of objects, elements of lists, and where a loop stands. */
    private static @Nullable ResolvedAttribute attribute(
            @Nullable Object instance, Object name, Object @Nullable [] arguments, String file, int line) {
        if (arguments != null) {
            throw new PebbleException(null, "values have no methods", line, file);
        }
        Meter.scalar(name);
        if (instance instanceof Map<?, ?> map) {
            return new ResolvedAttribute(map.get(String.valueOf(name)));
        }
        if (instance instanceof List<?> list && name instanceof Number index) {
            long at = index.longValue();
            return new ResolvedAttribute(at >= 0 && at < list.size() ? list.get((int) at) : null);
        }
        if (instance instanceof LoopVariables loop) {
            return new ResolvedAttribute(
                    switch (String.valueOf(name)) {
                        case "index" -> loop.getIndex();
                        case "first" -> loop.isFirst();
                        case "last" -> loop.isLast();
                        case "length" -> loop.getLength();
                        case "revindex" -> loop.getRevindex();
                        default -> null;
                    });
        }
        return null;
    }
}
