package io.postrider.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts input into command lines. Only CRLF ends a line (RFC 5321 §2.3.8); a line that holds a bare LF or is too long is
 * refused as soon as that shows, and skipped up to its CRLF, so that no part of it is taken for a command.
 */
final class CommandLines {

    /** What {@link #read} found. */
    enum Found {
        /** Nothing whole: more input is needed. */
        NOTHING,
        /** A clean line: {@link #text} and {@link #verb} hold it. */
        LINE,
        /** A line to refuse: {@link #refusal} says why. */
        REFUSED
    }

    private static final byte[] EMPTY = new byte[0];
    private static final int FIRST_CAPACITY = 128;

    private int maxLine;
    private byte[] part = EMPTY;
    private int partLength;
    private boolean skipping;
    private boolean skippedCr;
    private int position;

    private String text = "";
    private Verb verb = Verb.UNKNOWN;
    private boolean ascii = true;
    private Canned refusal = ServerReplies.UNKNOWN_COMMAND;

    /** @param maxLine bytes with CRLF */
    CommandLines(int maxLine) {
        this.maxLine = maxLine;
    }

    /** How long lines may be from the next one on: to be called between lines. */
    void allow(int bytes) {
        maxLine = bytes;
    }

    /** Where the input is read up to. */
    int position() {
        return position;
    }

    String text() {
        return text;
    }

    Verb verb() {
        return verb;
    }

    boolean isAscii() {
        return ascii;
    }

    Canned refusal() {
        return refusal;
    }

    Found read(byte[] input, int from) {
        position = from;
        if (skipping) {
            skip(input);
        }
        int start = position;
        int room = maxLine - partLength;
        int to = (int) Math.min(input.length, (long) start + room);
        int i = start;
        while (i < to && input[i] != '\n') {
            i++;
        }
        if (i < to) {
            position = i + 1;
            return partLength == 0 ? line(input, start, i) : lineWithPart(input, start, i);
        }
        position = to;
        if (to - start < room) {
            keep(input, start, to);
            return Found.NOTHING;
        }
        forgetPart();
        return refuseAndSkip(ServerReplies.LINE_TOO_LONG, input[to - 1] == '\r');
    }

    private Found lineWithPart(byte[] input, int from, int lf) {
        keep(input, from, lf);
        byte[] line = part;
        int length = partLength;
        forgetPart();
        return line(line, 0, length);
    }

    /** @param lf where the first LF stands or stood */
    private Found line(byte[] bytes, int from, int lf) {
        int end = lf - 1;
        if (end < from || bytes[end] != '\r') {
            return refuseAndSkip(ServerReplies.BARE_NEWLINE, false);
        }
        ascii = true;
        for (int i = from; i < end; i++) {
            byte b = bytes[i];
            if (b < 0) {
                ascii = false;
            } else if (b == '\r') {
                return refuse(ServerReplies.BARE_NEWLINE);
            } else if (b < ' ' || b == 0x7F) {
                return refuse(ServerReplies.CONTROL_CHARACTER);
            }
        }
        String decoded = decode(bytes, from, end);
        if (decoded == null) {
            return refuse(ServerReplies.NOT_UTF8);
        }
        text = decoded;
        verb = Verb.of(bytes, from, end);
        return Found.LINE;
    }

    private @Nullable String decode(byte[] bytes, int from, int end) {
        if (ascii) {
            return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, end - from);
            String decoded = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
            return hasC1Control(decoded) ? null : decoded;
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    private static boolean hasC1Control(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private Found refuse(Canned why) {
        refusal = why;
        return Found.REFUSED;
    }

    private Found refuseAndSkip(Canned why, boolean endsInCr) {
        skipping = true;
        skippedCr = endsInCr;
        return refuse(why);
    }

    private void skip(byte[] input) {
        while (position < input.length) {
            byte b = input[position++];
            if (b == '\n' && skippedCr) {
                skipping = false;
                return;
            }
            skippedCr = b == '\r';
        }
    }

    private void keep(byte[] input, int from, int to) {
        int needed = partLength + to - from;
        if (needed > part.length) {
            part = Arrays.copyOf(part, Math.max(needed, FIRST_CAPACITY));
        }
        System.arraycopy(input, from, part, partLength, to - from);
        partLength = needed;
    }

    private void forgetPart() {
        part = EMPTY;
        partLength = 0;
    }
}
