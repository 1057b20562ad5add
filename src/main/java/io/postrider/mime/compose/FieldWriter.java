package io.postrider.mime.compose;

import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.EncoderUtil;
import org.apache.james.mime4j.codec.EncoderUtil.Usage;

/**
 * Writes header fields, folded before column 78 wherever there is a space (RFC 5322 §2.1.1, §2.2.3). Never before the
 * first word: a first line that ends with the colon trips some readers.
 */
final class FieldWriter {

    /** A word that no fold can shorten may be this long, so that a line never passes 998 characters. */
    static final int LONGEST_WORD = 900;

    private static final int LINE = 78;
    private static final int LONGEST_RUN_OF_SPACES = 60;
    /** What Mime4j takes as the part of the line that is used already. */
    private static final int MOST_USED = 50;

    private final StringBuilder out;
    private int column;
    private boolean atFirstWord;

    FieldWriter(int capacity) {
        out = new StringBuilder(capacity);
    }

    /** Lines that are folded already, each with its CRLF. */
    void lines(String lines) {
        out.append(lines);
    }

    FieldWriter begin(String name) {
        out.append(name).append(':');
        column = name.length() + 1;
        atFirstWord = true;
        return this;
    }

    void end() {
        out.append("\r\n");
    }

    /** A word that is never folded within, after one space or on the next line. */
    FieldWriter word(String word) {
        return segment(1, word);
    }

    /** A character right behind the last word. */
    void close(char c) {
        out.append(c);
        column++;
    }

    /**
     * Free text (RFC 5322 §2.2.1): what ASCII cannot say becomes encoded words.
     *
     * @param literally whether that goes also for what looks like an encoded word
     */
    void text(String text, boolean literally) {
        if (text.isEmpty()) {
            return;
        }
        int from = -1;
        int to = 0;
        int spaces = 0;
        boolean oddSpaces = text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ';
        for (int i = 0; i < text.length(); ) {
            int start = i;
            while (i < text.length() && text.charAt(i) == ' ') {
                i++;
            }
            oddSpaces |= i - start > LONGEST_RUN_OF_SPACES;
            int word = i;
            boolean encode = false;
            for (; i < text.length() && text.charAt(i) != ' '; i++) {
                char c = text.charAt(i);
                encode |= c > '~' || (literally && c == '=' && i + 1 < text.length() && text.charAt(i + 1) == '?');
            }
            if (encode || i - word > LONGEST_WORD) {
                from = from < 0 ? word : from;
                to = i;
            }
            spaces++;
        }
        // Several spaces beside an encoded word are one to some readers.
        if (oddSpaces || (from >= 0 && text.contains("  "))) {
            encoded(text, Usage.TEXT_TOKEN);
        } else if (from < 0 && (spaces == 1 || column + 1 + text.length() <= LINE)) {
            word(text);
        } else if (from < 0) {
            segments(text, 0, text.length());
        } else {
            segments(text, 0, from);
            encoded(text.substring(from, to), Usage.TEXT_TOKEN);
            segments(text, to, text.length());
        }
    }

    /** The words of a structured field as they are. */
    void words(String text) {
        segments(text, 0, text.length());
    }

    /** A display name (RFC 5322 §3.4): atoms, a quoted string or encoded words. */
    void phrase(String name) {
        boolean atoms = true;
        boolean ascii = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            ascii &= c <= '~';
            atoms &= Plain.isAtomCharacter(c) || (c == ' ' && i > 0 && name.charAt(i - 1) != ' ');
        }
        atoms &= name.charAt(name.length() - 1) != ' ';
        boolean looksEncoded = name.contains("=?");
        if (!ascii || looksEncoded || name.length() > LONGEST_RUN_OF_SPACES) {
            encoded(name, Usage.WORD_ENTITY);
        } else if (atoms) {
            words(name);
        } else {
            word(quoted(name));
        }
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    /** Mime4j splits between characters, never within one, and keeps each encoded word at 75 characters (RFC 2047 §2). */
    private void encoded(String text, Usage usage) {
        String words = encodedWords(text, usage, Math.min(column + 1, MOST_USED));
        segments(words, 0, words.length());
    }

    static String encodedWords(String text, Usage usage, int used) {
        return EncoderUtil.encodeEncodedWord(text, usage, used, StandardCharsets.UTF_8, null);
    }

    /** Each word with the spaces before it; the first of a field has one space, whatever was there. */
    private void segments(String text, int from, int to) {
        int i = from;
        while (i < to) {
            int start = i;
            while (i < to && text.charAt(i) == ' ') {
                i++;
            }
            if (i == to) {
                return;
            }
            int word = i;
            int end = text.indexOf(' ', word);
            i = end < 0 || end > to ? to : end;
            segment(Math.max(1, word - start), text.substring(word, i));
        }
    }

    private FieldWriter segment(int spaces, String word) {
        if (!atFirstWord && column + spaces + word.length() > LINE) {
            out.append("\r\n");
            column = 0;
        }
        for (int i = 0; i < spaces; i++) {
            out.append(' ');
        }
        out.append(word);
        column += spaces + word.length();
        atFirstWord = false;
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
