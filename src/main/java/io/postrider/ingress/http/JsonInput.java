package io.postrider.ingress.http;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.postrider.http.Problem;
import io.postrider.http.Problem.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text token by token, straight from its bytes: an attachment never becomes a text. Values of a wrong kind
 * are noted with their pointer and passed over, so that one answer names all of them; what is no JSON ends the reading
 * with a {@link Problem}.
 */
final class JsonInput {

    /** Reads the value of one field; the parser stands at it, and afterwards at its end. */
    interface Field {
        void read(String name) throws IOException;
    }

    interface Element {
        void read() throws IOException;
    }

    private static final int MOST_FAULTS = 100;
    private static final int DEEPEST = 32;
    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_NAME = 1000;
    /** Names, values and brackets of one message: a thousand recipients with all their metadata are a hundred thousand. */
    static final int MOST_TOKENS = 250_000;
    /** Of a batch, whose names are kept up to the end of their object to find those that come twice. */
    static final int MOST_TOKENS_OF_BATCH = 1_000_000;

    private static final String NOT_UTF8 = "expected JSON in UTF-8";
    private static final Base64Variant BASE64 =
            Base64Variants.MIME_NO_LINEFEEDS.withReadPadding(Base64Variant.PaddingReadBehaviour.PADDING_ALLOWED);

    private final JsonParser parser;
    private final byte[] bytes;
    private final int start;
    private final int end;
    private final List<Fault> faults = new ArrayList<>(0);

    private JsonInput(JsonParser parser, byte[] bytes, int start, int end) {
        this.parser = parser;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    /**
     * Makes parsers with our bounds. An empty list takes three bytes in JSON and twenty times as many in memory, so the
     * size of the text alone bounds nothing.
     *
     * @param maxText characters of one text
     * @param maxTokens of the whole
     */
    static JsonFactory factory(int maxText, int maxTokens) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxNameLength(LONGEST_NAME)
                        .maxStringLength(maxText)
                        .maxTokenCount(maxTokens)
                        .build())
                .build();
    }

    /** What reads a whole text; {@code work} finds the parser at the first token. */
    interface Work<T> {
        T read(JsonInput input) throws IOException;
    }

    /** Reads a whole JSON text. @throws Problem 400, 413, or 422 with all faults */
    static <T> T read(JsonFactory factory, byte[] bytes, int from, int length, Work<T> work) {
        if (!isUtf8(bytes, from, length)) {
            throw Problem.of(400, "malformed_json", NOT_UTF8);
        }
        try (JsonParser parser = factory.createParser(bytes, from, length)) {
            JsonInput input = new JsonInput(parser, bytes, from, from + length);
            if (parser.nextToken() == null) {
                throw Problem.of(400, "malformed_json", "expected JSON, but the body is empty");
            }
            T read = work.read(input);
            if (parser.nextToken() != null) {
                throw Problem.of(400, "malformed_json", "expected the end of the JSON text, but there is more");
            }
            if (!input.faults.isEmpty()) {
                throw Problem.invalid(input.faults);
            }
            return read;
        } catch (StreamConstraintsException bound) {
            throw beyond(factory, String.valueOf(bound.getOriginalMessage()));
        } catch (JsonProcessingException wrong) {
            throw Problem.of(400, "malformed_json", "expected JSON: " + wrong.getOriginalMessage());
        } catch (IOException notUtf8) {
            throw Problem.of(400, "malformed_json", NOT_UTF8);
        }
    }

    private static Problem beyond(JsonFactory factory, String bound) {
        if (bound.startsWith("String value length")) {
            return Problem.of(413, "body_too_large", "a text is longer than postrider.http.max-text-size allows");
        }
        if (bound.startsWith("Token count")) {
            long most = factory.streamReadConstraints().getMaxTokenCount();
            return Problem.of(413, "body_too_large", "expected at most " + most + " names, values and brackets");
        }
        return Problem.of(400, "malformed_json", bound);
    }

    /** RFC 8259 §8.1 knows no other encoding; the parser would read UTF-16 and UTF-32 without being asked to. */
    private static boolean isUtf8(byte[] bytes, int from, int length) {
        for (int i = from; i < from + Math.min(4, length); i++) {
            if (bytes[i] == 0 || bytes[i] == (byte) 0xFE || bytes[i] == (byte) 0xFF) {
                return false;
            }
        }
        return true;
    }

    /** Reads the fields of the object that stands here. */
    void object(Field field) throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            wrong("expected an object");
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            field.read(name);
        }
    }

    /** Reads the elements of the array that stands here, up to {@code most}. */
    void array(int most, Element element) throws IOException {
        if (!parser.hasToken(JsonToken.START_ARRAY)) {
            wrong("expected an array");
            return;
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++count <= most) {
                element.read();
            } else {
                parser.skipChildren();
            }
        }
        if (count > most) {
            fault("expected at most " + most + " elements, but got " + count);
        }
    }

    boolean isObject() {
        return parser.hasToken(JsonToken.START_OBJECT);
    }

    boolean isArray() {
        return parser.hasToken(JsonToken.START_ARRAY);
    }

    void unknown() throws IOException {
        wrong("there is no such field");
    }

    /** Text that may have lines. */
    Optional<String> lines() throws IOException {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            wrong("expected a text");
            return Optional.empty();
        }
        return Optional.of(parser.getText());
    }

    /** Text on one line: controls would be line breaks and worse in a header. */
    Optional<String> text(int least, int most) throws IOException {
        Optional<String> text = lines();
        if (text.isEmpty()) {
            return text;
        }
        String value = text.get();
        if (value.length() < least || value.length() > most) {
            fault("expected " + least + " to " + most + " characters, but got " + value.length());
            return Optional.empty();
        }
        if (hasControl(value)) {
            fault("expected a text without line breaks and other control characters");
            return Optional.empty();
        }
        return text;
    }

    boolean truth() throws IOException {
        if (parser.hasToken(JsonToken.VALUE_TRUE) || parser.hasToken(JsonToken.VALUE_FALSE)) {
            return parser.getBooleanValue();
        }
        wrong("expected true or false");
        return false;
    }

    /** Base64 (RFC 4648 §4), decoded on the way; white space in it is passed over. */
    ByteBuffer base64() throws IOException {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            wrong("expected base64 in a text");
            return ByteBuffer.allocate(0);
        }
        String pointer = pointer();
        Decoded decoded = new Decoded(sizeOfBase64());
        try {
            parser.readBinaryValue(BASE64, decoded);
        } catch (IllegalArgumentException | JsonProcessingException wrong) {
            // The parser stands within the text now, so there is no going on.
            throw Problem.invalid(pointer, "expected base64, but it is malformed");
        }
        return decoded.buffer();
    }

    /** Any value: maps by strings, lists, strings, numbers, truth values, null. */
    @Nullable
    Object anything() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> map();
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(anything());
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> fraction();
            default -> null;
        };
    }

    private double fraction() throws IOException {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
            fault("expected a number between -1.8e308 and 1.8e308");
        }
        return number;
    }

    Map<String, @Nullable Object> map() throws IOException {
        Map<String, @Nullable Object> map = new HashMap<>();
        object(name -> map.put(name, anything()));
        return map;
    }

    /** Notes that the value here is wrong, and passes over it. */
    void wrong(String detail) throws IOException {
        fault(detail);
        parser.skipChildren();
    }

    /** Notes that what stands here is wrong. */
    void fault(String detail) {
        fault(pointer(), detail);
    }

    void fault(String pointer, String detail) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(new Fault(pointer, detail));
        }
    }

    /** Where the parser stands, as a JSON pointer (RFC 6901). */
    String pointer() {
        return parser.getParsingContext().pathAsPointer().toString();
    }

    /** Where the value starts that stands here: bytes from the start of the array. */
    int startOfValue() {
        return start + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Passes over the value here, and tells where it ends. */
    int skip() throws IOException {
        parser.skipChildren();
        return start + (int) parser.currentLocation().getByteOffset();
    }

    static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Not less than the text here has decoded: three bytes of four, up to the next quotation mark. */
    private int sizeOfBase64() {
        int from = Math.min(end, start + (int) parser.currentLocation().getByteOffset());
        int to = from;
        while (to < end && bytes[to] != '"') {
            to++;
        }
        return (int) ((to - from + 4L) * 3 / 4);
    }
}
