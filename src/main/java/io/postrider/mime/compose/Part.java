package io.postrider.mime.compose;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** One part of a message. Knows its size before it is written, so that the whole is written once, into its place. */
sealed interface Part {

    String LINE_END = "\r\n";

    /** The Content fields with their CRLFs. */
    String header();

    /** Of the body, in bytes. */
    long size();

    void write(Sheet sheet);

    /** Whether the body ends with the end of a line, as a whole message has to. */
    default boolean endsLine() {
        return false;
    }

    /** The bytes of one message while they are being written. */
    final class Sheet {
        private final byte[] bytes;
        private int at;

        Sheet(int size) {
            bytes = new byte[size];
        }

        void put(byte[] more) {
            put(more, more.length);
        }

        void put(byte[] more, int length) {
            System.arraycopy(more, 0, bytes, at, length);
            at += length;
        }

        void put(String ascii) {
            put(ascii.getBytes(StandardCharsets.US_ASCII));
        }

        byte[] finished() {
            if (at != bytes.length) {
                throw new IllegalStateException(at + " bytes were written where " + bytes.length + " were reckoned");
            }
            return bytes;
        }
    }

    /** A body whose bytes are ready. */
    record Ready(String header, byte[] body) implements Part {
        @Override
        public long size() {
            return body.length;
        }

        @Override
        public void write(Sheet sheet) {
            sheet.put(body);
        }

        @Override
        public boolean endsLine() {
            return body.length > 0 && body[body.length - 1] == '\n';
        }
    }

    /** A body that is encoded as it is written: the source and the message are all the memory that it takes. */
    record InBase64(String header, ByteBuffer content) implements Part {

        /** 76 characters, the most of RFC 2045 §6.8. */
        private static final int OCTETS_OF_A_LINE = 57;

        private static final int LINES_AT_ONCE = 128;

        @Override
        public long size() {
            long characters = (content.remaining() + 2L) / 3 * 4;
            long lines = (characters + 75) / 76;
            return characters + Math.max(0, lines - 1) * LINE_END.length();
        }

        @Override
        public void write(Sheet sheet) {
            ByteBuffer source = content.duplicate();
            byte[] chunk = new byte[Math.min(source.remaining(), OCTETS_OF_A_LINE * LINES_AT_ONCE)];
            byte[] encoded = new byte[LINES_AT_ONCE * 78];
            while (source.hasRemaining()) {
                byte[] octets = source.remaining() >= chunk.length ? chunk : new byte[source.remaining()];
                source.get(octets);
                sheet.put(encoded, Base64.getMimeEncoder().encode(octets, encoded));
                if (source.hasRemaining()) {
                    sheet.put(LINE_END);
                }
            }
        }
    }

    /** RFC 2046 §5.1. */
    record Multipart(String header, String boundary, List<Part> parts) implements Part {

        static Multipart of(String subtype, String boundary, String parameters, List<Part> parts) {
            String header =
                    "Content-Type: multipart/" + subtype + ";" + parameters + "\r\n boundary=\"" + boundary + "\"\r\n";
            return new Multipart(header, boundary, List.copyOf(parts));
        }

        @Override
        public long size() {
            long size = 0;
            for (Part part : parts) {
                // The delimiter, the header, an empty line, the body, and the CRLF that belongs to the next delimiter.
                size += boundary.length() + 4 + part.header().length() + 2 + part.size() + 2;
            }
            return size + boundary.length() + 6;
        }

        @Override
        public void write(Sheet sheet) {
            for (Part part : parts) {
                sheet.put("--" + boundary + "\r\n" + part.header() + "\r\n");
                part.write(sheet);
                sheet.put(LINE_END);
            }
            sheet.put("--" + boundary + "--\r\n");
        }

        @Override
        public boolean endsLine() {
            return true;
        }
    }
}
