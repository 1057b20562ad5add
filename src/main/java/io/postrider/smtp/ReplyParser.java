package io.postrider.smtp;

import io.postrider.mail.EnhancedCode;
import io.postrider.mail.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a server's bytes into replies (RFC 5321 §4.2). A bare LF ends a line as well, for some servers send it; a line
 * beyond {@value #LONGEST_LINE} bytes, a reply beyond {@value #MOST_LINES} lines and anything that does not start with a
 * code is {@link Parsed.Malformed}, and nothing is read after that. Control characters in texts become {@code ?}.
 */
public final class ReplyParser {

    /** RFC 5321 §4.5.3.1.5 says 512; real servers exceed it. */
    static final int LONGEST_LINE = 4096;

    static final int MOST_LINES = 128;

    private byte[] line = new byte[256];
    private int length;
    private List<String> earlier = new ArrayList<>(0);
    private int earlierCode;
    private Optional<EnhancedCode> earlierEnhanced = Optional.empty();
    private boolean dead;

    /** The next whole reply in {@code bytes}, or empty when more bytes are needed. Consumes what it reads. */
    public Optional<Parsed> next(ByteBuffer bytes) {
        while (!dead && bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b != '\n') {
                if (length == LONGEST_LINE) {
                    return malformed("a line longer than " + LONGEST_LINE + " bytes");
                }
                if (length == line.length) {
                    line = java.util.Arrays.copyOf(line, line.length * 2);
                }
                line[length++] = b;
                continue;
            }
            Optional<Parsed> reply = endOfLine();
            length = 0;
            if (reply.isPresent()) {
                return reply;
            }
        }
        return Optional.empty();
    }

    private Optional<Parsed> endOfLine() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        int code = code(end);
        if (code < 0) {
            return malformed("a line without a reply code");
        }
        boolean last = end == 3 || line[3] == ' ';
        if (!last && line[3] != '-') {
            return malformed("a reply code followed by neither space nor hyphen");
        }
        if (!earlier.isEmpty() && code != earlierCode) {
            return malformed("a reply that begins with " + earlierCode + " and goes on with " + code);
        }
        int start = Math.min(4, end);
        Optional<EnhancedCode> enhanced = Optional.empty();
        // The class of an enhanced code is the first digit of the reply code (RFC 2034 §4).
        if (end - start >= 5 && line[start] == line[0] && line[start + 1] == '.') {
            int stop = start;
            while (stop < end && line[stop] != ' ') {
                stop++;
            }
            enhanced = EnhancedCode.parse(new String(line, start, stop - start, StandardCharsets.ISO_8859_1));
            if (enhanced.isPresent()) {
                start = Math.min(stop + 1, end);
            }
        }
        String text = text(start, end);
        if (last && earlier.isEmpty()) {
            return Optional.of(new Parsed.Complete(new Reply(code, enhanced, List.of(text))));
        }
        if (earlier.isEmpty()) {
            earlierEnhanced = enhanced;
            earlierCode = code;
        }
        earlier.add(text);
        if (last) {
            Reply reply = new Reply(code, earlierEnhanced, earlier);
            earlier = new ArrayList<>(0);
            return Optional.of(new Parsed.Complete(reply));
        }
        return earlier.size() >= MOST_LINES
                ? malformed("a reply of more than " + MOST_LINES + " lines")
                : Optional.empty();
    }

    private int code(int end) {
        if (end < 3) {
            return -1;
        }
        for (int i = 0; i < 3; i++) {
            if (line[i] < '0' || line[i] > '9') {
                return -1;
            }
        }
        int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
        return code >= 200 && code <= 599 ? code : -1;
    }

    private String text(int start, int end) {
        boolean ascii = true;
        for (int i = start; i < end; i++) {
            byte b = line[i];
            if (b < 0) {
                ascii = false;
            } else if (b < ' ' || b == 127) {
                line[i] = '?';
            }
        }
        return new String(line, start, end - start, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private Optional<Parsed> malformed(String why) {
        dead = true;
        return Optional.of(new Parsed.Malformed(why));
    }
}
