package io.postrider.mime.compose;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.james.mime4j.codec.QuotedPrintableOutputStream;

/**
 * Makes a text seven-bit: as it is when it is already, otherwise quoted-printable, or base64 where most of it would be
 * quoted. Nothing is left to be converted on the way, which would break a signature (RFC 6376 §5.3).
 */
final class TextPart {

    private static final int LONGEST_LINE = 990;
    /** From this share of bytes beyond ASCII on base64 is shorter. */
    private static final int QUOTED_SHARE = 6;

    private final String type;
    private final String text;
    private boolean isPlain = true;
    private int beyondAscii;
    /** Line feeds without a carriage return before them, and the other way round. */
    private int bareLineEnds;

    private TextPart(String type, String text) {
        this.type = type;
        this.text = text;
    }

    /** @param type plain or html */
    static Part of(String type, String text) {
        return new TextPart(type, text).part();
    }

    private Part part() {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        look(bytes);
        bytes = withLineEnds(bytes);
        if (isPlain) {
            return new Part.Ready(header("us-ascii", "7bit"), bytes);
        }
        if (beyondAscii > bytes.length / QUOTED_SHARE) {
            return new Part.InBase64(header("utf-8", "base64"), ByteBuffer.wrap(bytes));
        }
        return new Part.Ready(header("utf-8", "quoted-printable"), quotedPrintable(bytes));
    }

    private String header(String charset, String encoding) {
        return "Content-Type: text/" + type + "; charset=" + charset + "\r\nContent-Transfer-Encoding: " + encoding
                + "\r\n";
    }

    /** Spaces at the end of a line get lost on the way, and {@code =_} begins our boundaries. */
    private void look(byte[] bytes) {
        int line = 0;
        byte before = '\n';
        for (byte octet : bytes) {
            line++;
            if (octet < ' ') {
                if (octet < 0) {
                    beyondAscii++;
                } else if (octet == '\r' || octet == '\n') {
                    isPlain &= before != ' ' && before != '\t' && line <= LONGEST_LINE;
                    bareLineEnds += octet == '\n' ? (before == '\r' ? -1 : 1) : 1;
                    line = 0;
                } else {
                    isPlain &= octet == '\t';
                }
            } else if (octet >= '_' && (octet == 0x7f || (octet == '_' && before == '='))) {
                isPlain = false;
            }
            before = octet;
        }
        isPlain &= beyondAscii == 0 && line <= LONGEST_LINE && before != ' ' && before != '\t';
    }

    /** With CRLF wherever a line ends. */
    private byte[] withLineEnds(byte[] bytes) {
        if (bareLineEnds == 0) {
            return bytes;
        }
        byte[] result = new byte[bytes.length + bareLineEnds];
        int to = 0;
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte octet = bytes[i];
            if (octet <= '\r' && (octet == '\n' || octet == '\r')) {
                System.arraycopy(bytes, from, result, to, i - from);
                to += i - from;
                result[to++] = '\r';
                result[to++] = '\n';
                if (octet == '\r' && i + 1 < bytes.length && bytes[i + 1] == '\n') {
                    i++;
                }
                from = i + 1;
            }
        }
        System.arraycopy(bytes, from, result, to, bytes.length - from);
        return result;
    }

    private static byte[] quotedPrintable(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + bytes.length / 3 + 64);
        try (QuotedPrintableOutputStream encoder = new QuotedPrintableOutputStream(out, false)) {
            encoder.write(bytes, 0, bytes.length);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
