package io.postrider.dkim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where the fields of a message stand: read once, then found by name from the bottom up, as signatures count them (RFC
 * 6376 §5.4.2). The header ends at the first empty line, or with the message; a line that is no field belongs to no name.
 */
public final class HeaderFields {

    /** No field. */
    public static final int NONE = -1;

    private final byte[] bytes;
    private int count;
    private int[] starts = new int[33];
    private int[] colons = new int[32];
    private int[] above = new int[32];
    private int[] table = new int[0];
    private int bodyStart;

    private HeaderFields(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the header of the message in the first {@code length} bytes, whose lines end in CRLF. */
    public static HeaderFields of(byte[] bytes, int length) {
        HeaderFields fields = new HeaderFields(bytes);
        fields.scan(length);
        fields.index();
        return fields;
    }

    /** How many fields and odd lines there are, numbered from the top. */
    public int count() {
        return count;
    }

    /** Behind the empty line; the length of the message when there is none. */
    public int bodyStart() {
        return bodyStart;
    }

    public int start(int field) {
        return starts[field];
    }

    /** Where the colon behind its name stands; {@link #NONE} when this is no field. */
    public int colon(int field) {
        return colons[field];
    }

    /** Behind its line end. */
    public int end(int field) {
        return starts[field + 1];
    }

    /** The lowest field of this name, in whatever case, or {@link #NONE}. */
    public int last(String name) {
        byte[] ascii = name.getBytes(StandardCharsets.ISO_8859_1);
        return table[slot(ascii, 0, ascii.length)] - 1;
    }

    /** The next field of the same name above this one, or {@link #NONE}. */
    public int above(int field) {
        return above[field];
    }

    /** As it is written. */
    public String name(int field) {
        int from = starts[field];
        return new String(bytes, from, nameEnd(field) - from, StandardCharsets.ISO_8859_1);
    }

    /** As it is written, folded, without its line end; UTF-8 as ISO-8859-1. */
    public String value(int field) {
        int from = colons[field] + 1;
        String text = new String(bytes, from, end(field) - from, StandardCharsets.ISO_8859_1);
        return text.endsWith("\r\n") ? text.substring(0, text.length() - 2) : text;
    }

    private void scan(int length) {
        int at = 0;
        while (at < length && !isEmptyLine(at, length)) {
            if (count == colons.length) {
                starts = Arrays.copyOf(starts, 2 * count + 1);
                colons = Arrays.copyOf(colons, 2 * count);
                above = Arrays.copyOf(above, 2 * count);
            }
            starts[count] = at;
            colons[count] = findColon(at, length);
            at = behindField(at, length);
            count++;
        }
        starts[count] = at;
        bodyStart = Math.min(length, at + 2);
    }

    private boolean isEmptyLine(int at, int length) {
        return at + 1 < length && bytes[at] == '\r' && bytes[at + 1] == '\n';
    }

    /** White space before the colon is obsolete, but read (RFC 5322 §4.5). */
    private int findColon(int from, int length) {
        int i = from;
        while (i < length && bytes[i] > ' ' && bytes[i] < 0x7F && bytes[i] != ':') {
            i++;
        }
        if (i == from) {
            return NONE;
        }
        while (i < length && (bytes[i] == ' ' || bytes[i] == '\t')) {
            i++;
        }
        return i < length && bytes[i] == ':' ? i : NONE;
    }

    private int behindField(int from, int length) {
        int i = from;
        while (i < length) {
            if (bytes[i++] == '\n' && bytes[i - 2 < from ? from : i - 2] == '\r') {
                boolean folded = i < length && (bytes[i] == ' ' || bytes[i] == '\t');
                if (!folded) {
                    return i;
                }
            }
        }
        return i;
    }

    private int nameEnd(int field) {
        int end = colons[field];
        while (bytes[end - 1] == ' ' || bytes[end - 1] == '\t') {
            end--;
        }
        return end;
    }

    /** An open table of the lowest field of each name, plus 1. */
    private void index() {
        table = new int[Math.max(8, Integer.highestOneBit(count) * 4)];
        for (int field = 0; field < count; field++) {
            above[field] = NONE;
            if (colons[field] != NONE) {
                int slot = slot(bytes, starts[field], nameEnd(field));
                above[field] = table[slot] - 1;
                table[slot] = field + 1;
            }
        }
    }

    private int slot(byte[] name, int from, int to) {
        int hash = 17;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + (name[i] | 0x20);
        }
        int slot = (hash ^ (hash >>> 15)) & (table.length - 1);
        while (table[slot] != 0 && !isNamed(table[slot] - 1, name, from, to)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private boolean isNamed(int field, byte[] name, int from, int to) {
        int start = starts[field];
        if (nameEnd(field) - start != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (lower(bytes[start + i - from]) != lower(name[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }
}
