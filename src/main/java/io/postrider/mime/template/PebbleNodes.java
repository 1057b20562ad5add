package io.postrider.mime.template;

import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.lexer.Token;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.SetNode;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.operator.BinaryOperatorImpl;
import io.pebbletemplates.pebble.parser.Parser;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import org.jspecify.annotations.Nullable;

/** Pebble's nodes with a meter on them. */
final class PebbleNodes {

    private PebbleNodes() {}

    /** {@code for} over values that run the meter. */
    record MeteredFor(TokenParser parser) implements TokenParser {
        @Override
        public String getTag() {
            return parser.getTag();
        }

        @Override
        public RenderableNode parse(Token token, Parser whole) {
            ForNode node = (ForNode) parser.parse(token, whole);
            return new ForNode(
                    node.getLineNumber(),
                    node.getIterationVariable(),
                    MeteredExpression.ofEntries(node.getIterable()),
                    node.getBody(),
                    node.getElseBody());
        }
    }

    /** {@code set} to values that run the meter. */
    record MeteredSet(TokenParser parser) implements TokenParser {
        @Override
        public String getTag() {
            return parser.getTag();
        }

        @Override
        public RenderableNode parse(Token token, Parser whole) {
            SetNode node = (SetNode) parser.parse(token, whole);
            return new SetNode(node.getLineNumber(), node.getName(), MeteredExpression.ofValue(node.getValue()));
        }
    }

    /** An operator on texts and numbers, and {@code contains} on lists and objects too. */
    static BinaryOperator metered(BinaryOperator operator) {
        return new BinaryOperatorImpl(
                operator.getSymbol(),
                operator.getPrecedence(),
                () -> new MeteredOperation(operator),
                operator.getType(),
                operator.getAssociativity());
    }

    /** An expression whose outcome is looked at before anybody uses it. */
    record MeteredExpression(Expression<?> inner, What what) implements Expression<Object> {
        private enum What {
            TEXT,
            VALUE,
            ENTRIES
        }

        static MeteredExpression ofText(Expression<?> inner) {
            return new MeteredExpression(inner, What.TEXT);
        }

        static MeteredExpression ofValue(Expression<?> inner) {
            return new MeteredExpression(inner, What.VALUE);
        }

        static MeteredExpression ofEntries(Expression<?> inner) {
            return new MeteredExpression(inner, What.ENTRIES);
        }

        @Override
        @SuppressWarnings("NullAway") // The library has null for what is not there, and says so nowhere.
        public @Nullable Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            Object outcome = inner.evaluate(self, context);
            Meter.current().step();
            return switch (what) {
                case TEXT -> {
                    // A text that needs no escaping has a type of its own, and is none of ours.
                    if (!(outcome instanceof io.pebbletemplates.pebble.extension.escaper.SafeString)) {
                        Meter.scalar(outcome);
                    }
                    yield Values.printed(outcome);
                }
                case VALUE -> Values.of(outcome);
                case ENTRIES ->
                    outcome instanceof java.util.Map<?, ?> map ? Values.of(map.entrySet()) : Values.of(outcome);
            };
        }

        @Override
        public void accept(NodeVisitor visitor) {
            inner.accept(visitor);
        }

        @Override
        public int getLineNumber() {
            return inner.getLineNumber();
        }
    }

    /** A value as an expression. */
    private record Known(@Nullable Object value, int line) implements Expression<Object> {
        @Override
        @SuppressWarnings("NullAway") // The library has null for what is not there, and says so nowhere.
        public @Nullable Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            return value;
        }

        @Override
        public void accept(NodeVisitor visitor) {
            visitor.visit(this);
        }

        @Override
        public int getLineNumber() {
            return line;
        }
    }

    private static final class MeteredOperation extends BinaryExpression<Object> {
        private final BinaryOperator operator;

        private MeteredOperation(BinaryOperator operator) {
            this.operator = operator;
        }

        @Override
        @SuppressWarnings("NullAway") // The library has null for what is not there, and says so nowhere.
        public @Nullable Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            Object left = getLeftExpression().evaluate(self, context);
            Object right = getRightExpression().evaluate(self, context);
            if (operator.getSymbol().equals("contains")) {
                left = Values.of(left);
            } else {
                Meter.scalar(left);
            }
            Meter.scalar(right);
            Meter.current().text(length(left) + length(right));
            BinaryExpression<?> operation = operator.createInstance();
            operation.setLeft(new Known(left, getLineNumber()));
            operation.setRight(new Known(right, getLineNumber()));
            operation.setLineNumber(getLineNumber());
            return operation.evaluate(self, context);
        }

        private static long length(@Nullable Object value) {
            return value instanceof CharSequence text ? text.length() : 0;
        }
    }
}
