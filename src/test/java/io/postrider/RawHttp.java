package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A connection on which a test says what it wants, byte for byte, and reads the answers. */
final class RawHttp implements Closeable {

    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** A server that has had enough may have closed already; its answer tells why. */
    RawHttp say(String text) throws IOException {
        return say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawHttp say(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // told by what is read next
        }
        return this;
    }

    RawHttp sayNoMore() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** @param status 0 when the server closed without an answer */
    record Answer(int status, Map<String, List<String>> headers, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    private static final JsonMapper JSON = new JsonMapper();

    private static final Answer NONE = new Answer(0, Map.of(), "");

    int status() throws IOException {
        return answer().status();
    }

    /** The next one, such as {@code 400 malformed_request}: a problem, with {@code Retry-After} where it is due. */
    String problem() throws IOException {
        Answer answer = answer();
        assertThat(answer.headers().get("content-type"))
                .as(answer.toString())
                .containsExactly("application/problem+json");
        if (answer.status() == 429 || answer.status() == 503) {
            assertThat(answer.headers()).containsKey("retry-after");
        }
        assertThat(answer.json().path("status").asInt()).isEqualTo(answer.status());
        return answer.status() + " " + answer.json().path("code").asText();
    }

    /** The next one. It must have a length. */
    Answer answer() throws IOException {
        try {
            String line = line();
            if (line.isEmpty()) {
                return NONE;
            }
            int length = 0;
            Map<String, List<String>> headers = new HashMap<>();
            for (String header = line(); !header.isEmpty(); header = line()) {
                int colon = header.indexOf(':');
                String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
                String value = header.substring(colon + 1).trim();
                headers.put(name, List.of(value));
                length = name.equals("content-length") ? Integer.parseInt(value) : length;
            }
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            return new Answer(Integer.parseInt(line.substring(9, 12)), headers, body);
        } catch (SocketException reset) {
            return NONE;
        }
    }

    /** Everything up to the end of the connection. */
    String rest() throws IOException {
        return rest(Integer.MAX_VALUE);
    }

    /** So many bytes at most. */
    String rest(int most) throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int read = 0; read >= 0 && rest.size() < most; read = in.read(buffer)) {
                rest.write(buffer, 0, read);
            }
        } catch (SocketException reset) {
            // what has come counts
        }
        return rest.toString(StandardCharsets.UTF_8);
    }

    /** Whether the server closes without another word. */
    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
