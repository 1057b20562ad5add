package io.postrider.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/**
 * Keys and values of the journal's families. A key is the persistence id in UTF-8, a zero byte, and numbers of eight
 * bytes, so that what belongs to an id stands together and in order.
 */
final class Rows {

    private static final byte END_OF_ID = 0;
    private static final byte BEHIND_END_OF_ID = 1;

    private Rows() {}

    static byte[] id(String persistenceId) {
        byte[] id = persistenceId.getBytes(StandardCharsets.UTF_8);
        for (byte b : id) {
            if (b == END_OF_ID) {
                throw new IllegalArgumentException("expected a persistence id without a zero byte");
            }
        }
        return id;
    }

    static byte[] key(byte[] id, long... numbers) {
        ByteBuffer key = ByteBuffer.allocate(id.length + 1 + numbers.length * Long.BYTES);
        key.put(id).put(END_OF_ID);
        for (long number : numbers) {
            key.putLong(number);
        }
        return key.array();
    }

    /** Before all keys of this id. */
    static byte[] first(byte[] id) {
        return key(id);
    }

    /** Behind all keys of this id. */
    static byte[] behind(byte[] id) {
        return ByteBuffer.allocate(id.length + 1).put(id).put(BEHIND_END_OF_ID).array();
    }

    /** Behind this number of this id, and before the next one. */
    static byte[] behind(byte[] id, long number) {
        return number == Long.MAX_VALUE ? behind(id) : key(id, number + 1);
    }

    /** No text in UTF-8 has such a byte. */
    static byte[] behindAll() {
        return new byte[] {(byte) 0xFF};
    }

    static String idOf(byte[] key) {
        int end = 0;
        while (key[end] != END_OF_ID) {
            end++;
        }
        return new String(key, 0, end, StandardCharsets.UTF_8);
    }

    /** The last number of a key. */
    static long lastNumberOf(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }

    static byte[] ofLong(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static long toLong(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    /** An object as Pekko's serialization writes it, with what is needed to read it again. */
    record Serialized(int serializer, String manifest, byte[] bytes) {

        static Serialized of(Object object, Serialization serialization) {
            Serializer serializer = serialization.findSerializerFor(object);
            // Not serializer.toBinary: an actor reference in an event needs the context that serialize() sets up.
            byte[] bytes = serialization.serialize(object).get();
            return new Serialized(serializer.identifier(), Serializers.manifestFor(serializer, object), bytes);
        }

        Object object(Serialization serialization) {
            return serialization.deserialize(bytes, serializer, manifest).get();
        }
    }

    static void writeText(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write(utf8.length >>> 8);
        out.write(utf8.length);
        out.writeBytes(utf8);
    }

    static String readText(ByteBuffer in) {
        byte[] utf8 = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
