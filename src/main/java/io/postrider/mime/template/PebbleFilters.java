package io.postrider.mime.template;

import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pebble's filters and its one function, with a meter on them. */
final class PebbleFilters {

    private PebbleFilters() {}

    /** One of the library's own. */
    record Metered(Filter filter, boolean ofText) implements Filter {
        @Override
        @SuppressWarnings("NullAway") // The library has null for what is not there, and says so nowhere.
        public @Nullable Object apply(
                @Nullable Object input,
                Map<String, Object> args,
                PebbleTemplate self,
                EvaluationContext context,
                int line) {
            if (ofText && !(input instanceof SafeString)) {
                Meter.scalar(input);
            }
            args.values().forEach(Meter::scalar);
            Meter.current().step();
            Object outcome = filter.apply(given(input), args, self, context, line);
            Meter.current().text(outcome instanceof CharSequence text ? text.length() : 0);
            return outcome;
        }

        /** Some filters work on the very list that they are given. */
        private static @Nullable Object given(@Nullable Object input) {
            if (Meter.isScalar(input) || input instanceof SafeString) {
                return input;
            }
            return Values.of(input) instanceof Values.ListValue list ? new ArrayList<>(list) : input;
        }

        @Override
        public List<String> getArgumentNames() {
            return filter.getArgumentNames();
        }
    }

    /** {@code list | join(", ")}. */
    record Join() implements Filter {
        @Override
        public Object apply(
                @Nullable Object input,
                Map<String, Object> args,
                PebbleTemplate self,
                EvaluationContext context,
                int line) {
            Meter meter = Meter.current();
            Object glue = args.get("separator");
            Meter.scalar(glue);
            StringBuilder text = new StringBuilder();
            if (Values.of(input) instanceof Values.ListValue list) {
                boolean first = true;
                for (Object element : list) {
                    Meter.scalar(element);
                    if (!first && glue != null) {
                        text.append(glue);
                    }
                    text.append(element == null ? "" : element);
                    meter.text(text.length());
                    first = false;
                }
            } else {
                throw new Meter.Exceeded("only a list can be joined");
            }
            return text.toString();
        }

        @Override
        public List<String> getArgumentNames() {
            return List.of("separator");
        }
    }

    /** {@code text | replace({"from": "to"})}. */
    record Replace() implements Filter {
        @Override
        public Object apply(
                @Nullable Object input,
                Map<String, Object> args,
                PebbleTemplate self,
                EvaluationContext context,
                int line) {
            Meter.scalar(input);
            String text = String.valueOf(input == null ? "" : input);
            if (!(args.get("replace_pairs") instanceof Map<?, ?> pairs)) {
                throw new Meter.Exceeded("replace expects pairs such as {\"from\": \"to\"}");
            }
            for (Map.Entry<?, ?> pair : pairs.entrySet()) {
                Meter.scalar(pair.getKey());
                Meter.scalar(pair.getValue());
                text = replaced(text, String.valueOf(pair.getKey()), String.valueOf(pair.getValue()));
            }
            return text;
        }

        private static String replaced(String text, String from, String to) {
            Meter meter = Meter.current();
            meter.step();
            int at = from.isEmpty() ? -1 : text.indexOf(from);
            if (at < 0) {
                return text;
            }
            StringBuilder result = new StringBuilder();
            int done = 0;
            for (; at >= 0; at = text.indexOf(from, done)) {
                result.append(text, done, at).append(to);
                meter.text(result.length());
                done = at + from.length();
            }
            return result.append(text, done, text.length()).toString();
        }

        @Override
        public List<String> getArgumentNames() {
            return List.of("replace_pairs");
        }
    }

    /** {@code range(1, 10)} and {@code 1..10}. */
    record Range() implements Function {
        private static final int LONGEST = 100_000;

        @Override
        public Object execute(Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
            Object increment = args.get("increment");
            long step = increment == null ? 1 : number(increment);
            long start = number(args.get("start"));
            long end = number(args.get("end"));
            if (step == 0) {
                throw new Meter.Exceeded("the step of a range cannot be 0");
            }
            List<Object> numbers = new ArrayList<>();
            for (long i = start; step > 0 ? i <= end : i >= end; i += step) {
                if (numbers.size() == LONGEST) {
                    throw new Meter.Exceeded("a range can have at most " + LONGEST + " numbers");
                }
                numbers.add(i);
            }
            Meter.current().step();
            return numbers;
        }

        private static long number(@Nullable Object value) {
            if (value instanceof Number number) {
                return number.longValue();
            }
            throw new Meter.Exceeded("a range is between two numbers");
        }

        @Override
        public List<String> getArgumentNames() {
            return List.of("start", "end", "increment");
        }
    }
}
