package io.postrider.record;

import java.util.Arrays;

/**
 * A growing run of UTF-8 bytes with what it takes to write flat JSON fast (RFC 8259). Names are written as given, so
 * they must need no escape. Commas are set by themselves.
 */
final class JsonBytes {

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int LONGEST_NUMBER = 20;

    private byte[] bytes;
    private int length;

    JsonBytes(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    JsonBytes begin() {
        comma();
        return put('{');
    }

    JsonBytes end() {
        return put('}');
    }

    JsonBytes beginArray() {
        return put('[');
    }

    JsonBytes endArray() {
        return put(']');
    }

    JsonBytes newline() {
        return put('\n');
    }

    /** The name of the next value. */
    JsonBytes name(String name) {
        comma();
        room(name.length() + 3);
        bytes[length++] = '"';
        ascii(name);
        bytes[length++] = '"';
        bytes[length++] = ':';
        return this;
    }

    /** Writes nothing when the value is empty. */
    JsonBytes fieldUnlessEmpty(String name, String value) {
        return value.isEmpty() ? this : field(name, value);
    }

    JsonBytes field(String name, String value) {
        return name(name).string(value);
    }

    JsonBytes field(String name, long value) {
        return name(name).number(value);
    }

    /** With three digits behind the point: milliseconds as seconds. */
    JsonBytes fieldInSeconds(String name, long millis) {
        name(name);
        long seconds = millis / 1000;
        int rest = (int) (millis % 1000);
        number(seconds).put('.');
        room(3);
        bytes[length++] = (byte) ('0' + rest / 100);
        bytes[length++] = (byte) ('0' + rest / 10 % 10);
        bytes[length++] = (byte) ('0' + rest % 10);
        return this;
    }

    /** A value in an array, or after {@link #name}. */
    JsonBytes string(String value) {
        comma();
        put('"');
        int size = value.length();
        for (int i = 0; i < size; i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
                put(c);
            } else {
                i = special(value, i, c);
            }
        }
        return put('"');
    }

    /** Takes back the closing quote of the string just written, so that more of it can follow by {@link #raw}. */
    JsonBytes reopen() {
        length--;
        return this;
    }

    JsonBytes number(long value) {
        room(LONGEST_NUMBER);
        if (value < 0) {
            bytes[length++] = '-';
            if (value == Long.MIN_VALUE) {
                ascii("9223372036854775808");
                return this;
            }
            value = -value;
        }
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + value % 10);
            value /= 10;
        }
        length += digits;
        return this;
    }

    /** Characters that need no escape, inside a string or as a literal. */
    JsonBytes raw(String ascii) {
        room(ascii.length());
        ascii(ascii);
        return this;
    }

    /** Writes the character at {@code i}, and the second half of a pair; returns the last index used. */
    private int special(String value, int i, char c) {
        if (c == '"' || c == '\\') {
            put('\\').put(c);
        } else if (c == '\n') {
            put('\\').put('n');
        } else if (c == '\r') {
            put('\\').put('r');
        } else if (c == '\t') {
            put('\\').put('t');
        } else if (c < ' ' || c == 0x7F) {
            raw("\\u00").put(HEX[c >> 4]).put(HEX[c & 15]);
        } else if (c < 0x800) {
            put(0xC0 | c >> 6).put(0x80 | (c & 0x3F));
        } else if (Character.isHighSurrogate(c)
                && i + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(i + 1))) {
            int point = Character.toCodePoint(c, value.charAt(i + 1));
            put(0xF0 | point >> 18)
                    .put(0x80 | (point >> 12 & 0x3F))
                    .put(0x80 | (point >> 6 & 0x3F))
                    .put(0x80 | (point & 0x3F));
            return i + 1;
        } else {
            int point = Character.isSurrogate(c) ? 0xFFFD : c; // half a pair has no UTF-8
            put(0xE0 | point >> 12).put(0x80 | (point >> 6 & 0x3F)).put(0x80 | (point & 0x3F));
        }
        return i;
    }

    private void comma() {
        if (length > 0) {
            byte last = bytes[length - 1];
            if (last == '"' || last == '}' || last == ']' || (last >= '0' && last <= '9') || last == 'e') {
                put(',');
            }
        }
    }

    private void ascii(String text) {
        int size = text.length();
        for (int i = 0; i < size; i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    private JsonBytes put(int b) {
        room(1);
        bytes[length++] = (byte) b;
        return this;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
