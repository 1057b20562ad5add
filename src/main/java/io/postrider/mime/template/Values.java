package io.postrider.mime.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What templates may see: texts, numbers, truth values, and lists and objects of these that cannot be changed, are equal
 * only to themselves, and have their meter run while they are walked through. Thus no construct of an engine can spend
 * more on them than the meter allows.
 */
final class Values {

    private static final int DEEPEST = 100;

    /** Of the longest number that is taken as its digits: some hundred. */
    private static final int LONGEST_BITS = 400;

    private Values() {}

    /** What stands for a value in a text: a number in plain digits, for 1.2E7 is no price. */
    static @Nullable Object printed(@Nullable Object value) {
        if (!(value instanceof Double || value instanceof Float)) {
            return value;
        }
        if (!Double.isFinite(((Number) value).doubleValue())) {
            throw new Meter.Exceeded("a number is too large to be written");
        }
        String text = value.toString();
        return text.indexOf('E') < 0 ? text : new BigDecimal(text).toPlainString();
    }

    static ObjectValue of(Map<String, ?> values) {
        return object(values, 0);
    }

    /** The same as {@link #of(Map)} for what an engine made of such values. */
    static @Nullable Object of(@Nullable Object value) {
        return of(value, 0);
    }

    private static ObjectValue object(Map<?, ?> map, int depth) {
        if (map instanceof ObjectValue known) {
            return known;
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, each) -> copy.put(nonNull(key).toString(), of(each, depth + 1)));
        return new ObjectValue(copy);
    }

    private static Object nonNull(@Nullable Object value) {
        return value == null ? "" : value;
    }

    private static @Nullable Object of(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw new Meter.Exceeded("the values are nested more than " + DEEPEST + " levels deep");
        }
        if (value instanceof BigInteger large && large.bitLength() >= Long.SIZE && large.bitLength() < LONGEST_BITS) {
            return large.toString(); // an id, of which every digit counts
        }
        if (value instanceof BigInteger || value instanceof BigDecimal) {
            // Their arithmetic would have no bound.
            Number number = (Number) value;
            return number.doubleValue() == number.longValue() ? (Number) number.longValue() : number.doubleValue();
        }
        if (Meter.isScalar(value) || value instanceof ListValue || value instanceof ObjectValue) {
            return value;
        }
        if (value instanceof Map.Entry<?, ?> entry) {
            Map<String, @Nullable Object> pair = new LinkedHashMap<>();
            pair.put("key", of(entry.getKey(), depth + 1));
            pair.put("value", of(entry.getValue(), depth + 1));
            return new ObjectValue(pair);
        }
        if (value instanceof Map<?, ?> map) {
            return object(map, depth);
        }
        if (value instanceof Collection<?> collection) {
            List<@Nullable Object> copy = new ArrayList<>(collection.size());
            collection.forEach(each -> copy.add(of(each, depth + 1)));
            return new ListValue(copy);
        }
        if (value instanceof Object[] array) {
            List<@Nullable Object> copy = new ArrayList<>(array.length);
            for (Object each : array) {
                copy.add(of(each, depth + 1));
            }
            return new ListValue(copy);
        }
        throw new Meter.Exceeded("a value is neither a text, a number, true, false, a list nor an object");
    }

    /** Runs the meter at each step. */
    private record Metered<T extends @Nullable Object>(Iterator<T> under, Meter meter) implements Iterator<T> {
        @Override
        public boolean hasNext() {
            return under.hasNext();
        }

        @Override
        public T next() {
            meter.step();
            return under.next();
        }
    }

    /** A list. */
    static final class ListValue extends AbstractList<@Nullable Object> {
        private final List<@Nullable Object> elements;

        private ListValue(List<@Nullable Object> elements) {
            this.elements = elements;
        }

        @Override
        public @Nullable Object get(int index) {
            return elements.get(index);
        }

        @Override
        public int size() {
            return elements.size();
        }

        @Override
        public Iterator<@Nullable Object> iterator() {
            return new Metered<>(elements.iterator(), Meter.current());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "[list]";
        }
    }

    /** An object of JSON. */
    static final class ObjectValue extends AbstractMap<String, @Nullable Object> {
        private final Map<String, @Nullable Object> members;

        private ObjectValue(Map<String, @Nullable Object> members) {
            this.members = members;
        }

        @Override
        public @Nullable Object get(@Nullable Object key) {
            return key == null ? null : members.get(key.toString());
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return key != null && members.containsKey(key.toString());
        }

        @Override
        public Set<Map.Entry<String, @Nullable Object>> entrySet() {
            return members.entrySet();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "[object]";
        }
    }
}
