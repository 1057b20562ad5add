package io.postrider.cli.inject;

import io.postrider.cli.wire.Wire;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads the answers on one connection, one after the other (RFC 9112). What {@link #read} found stands until it is
 * called again.
 */
final class HttpAnswer {

    private static final int LONGEST_BODY = 16 * 1024 * 1024;

    private byte[] body = new byte[16 * 1024];
    private int length;
    private int status;
    private boolean closes;

    /** @throws IOException also when it is no HTTP, or has no length */
    void read(Wire wire) throws IOException {
        int announced;
        boolean chunked;
        do {
            status = statusOf(wire.readLine());
            announced = -1;
            chunked = false;
            closes = false;
            for (String line = wire.readLine(); !line.isEmpty(); line = wire.readLine()) {
                int colon = line.indexOf(':');
                String value = colon < 0 ? "" : line.substring(colon + 1).trim();
                switch (line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT)) {
                    case "content-length" -> announced = number(value, 10);
                    case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                    case "connection" -> closes = value.equalsIgnoreCase("close");
                    default -> {}
                }
            }
        } while (status / 100 == 1);
        length = 0;
        if (chunked) {
            readChunks(wire);
        } else if (announced >= 0) {
            append(wire, announced);
        } else {
            throw new IOException("expected an answer with a length, but got one without");
        }
    }

    int status() {
        return status;
    }

    /** The body stands here up to {@link #length()}. */
    byte[] body() {
        return body;
    }

    int length() {
        return length;
    }

    /** Whether the server takes no further request on this connection. */
    boolean closes() {
        return closes;
    }

    private void readChunks(Wire wire) throws IOException {
        while (true) {
            String line = wire.readLine();
            int end = line.indexOf(';');
            int size = number(end < 0 ? line : line.substring(0, end), 16);
            if (size == 0) {
                while (!wire.readLine().isEmpty()) {
                    // trailers tell us nothing
                }
                return;
            }
            append(wire, size);
            if (!wire.readLine().isEmpty()) {
                throw new IOException("expected the end of a chunk, but got more");
            }
        }
    }

    private void append(Wire wire, int count) throws IOException {
        if (count > LONGEST_BODY - length) {
            throw new IOException("expected an answer of at most " + LONGEST_BODY + " bytes, but got a longer one");
        }
        if (length + count > body.length) {
            body = Arrays.copyOf(body, Math.max(2 * body.length, length + count));
        }
        int end = length + count;
        while (length < end) {
            if (wire.from() == wire.to()) {
                wire.fill();
            }
            int some = Math.min(end - length, wire.to() - wire.from());
            System.arraycopy(wire.bytes(), wire.from(), body, length, some);
            wire.consume(some);
            length += some;
        }
    }

    /** Of a line such as {@code HTTP/1.1 202 Accepted}. */
    private static int statusOf(String line) throws IOException {
        if (!line.startsWith("HTTP/1.") || line.length() < 12) {
            throw new IOException("expected HTTP/1.1 from the server, but got '" + line + "'");
        }
        return number(line.substring(9, 12), 10);
    }

    private static int number(String text, int radix) throws IOException {
        try {
            return Integer.parseUnsignedInt(text.trim(), radix);
        } catch (NumberFormatException notANumber) {
            throw new IOException("expected a number from the server, but got '" + text + "'", notANumber);
        }
    }
}
