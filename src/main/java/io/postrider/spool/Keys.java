package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of the spool's families. A message id is 16 bytes in its own order, so that the rows of one message stand
 * together and messages stand in the order of acceptance; domain names are ASCII.
 */
final class Keys {

    static final int ID_BYTES = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Keys() {}

    /** Id, then the number of the chunk. */
    static byte[] body(MessageId id, int chunk) {
        byte[] key = withId(id, ID_BYTES + Integer.BYTES);
        INT.set(key, ID_BYTES, chunk);
        return key;
    }

    /** Id, then the domain: of a reference and of its mark. */
    static byte[] reference(MessageId id, Domain domain) {
        byte[] name = domain.name().getBytes(StandardCharsets.US_ASCII);
        byte[] key = withId(id, ID_BYTES + name.length);
        System.arraycopy(name, 0, key, ID_BYTES, name.length);
        return key;
    }

    /** A reference's key, then the position of the first recipient that was reported. */
    static byte[] reported(MessageId id, Domain domain, int first) {
        byte[] reference = reference(id, domain);
        byte[] key = Arrays.copyOf(reference, reference.length + Integer.BYTES);
        INT.set(key, reference.length, first);
        return key;
    }

    /** What such a key is about. */
    static Spool.Cursor reported(byte[] key) {
        byte[] reference = Arrays.copyOf(key, key.length - Integer.BYTES);
        return new Spool.Cursor(message(reference), domain(reference));
    }

    /** Before all keys of a message. */
    static byte[] first(MessageId id) {
        return withId(id, ID_BYTES);
    }

    /** Behind all keys of a message: no domain name has a byte above 127. */
    static byte[] behind(MessageId id) {
        byte[] key = withId(id, ID_BYTES + 1);
        key[ID_BYTES] = (byte) 0xFF;
        return key;
    }

    /** Behind all keys of all messages. */
    static byte[] behindAll() {
        byte[] key = new byte[ID_BYTES + 1];
        Arrays.fill(key, (byte) 0xFF);
        return key;
    }

    static MessageId message(byte[] key) {
        return new MessageId((long) LONG.get(key, 0), (long) LONG.get(key, Long.BYTES));
    }

    /** Of a reference's key. What we wrote needs no parsing. */
    static Domain domain(byte[] key) {
        return new Domain(new String(key, ID_BYTES, key.length - ID_BYTES, StandardCharsets.US_ASCII));
    }

    static byte[] ofInt(int value) {
        byte[] bytes = new byte[Integer.BYTES];
        INT.set(bytes, 0, value);
        return bytes;
    }

    static int toInt(byte[] bytes) {
        return (int) INT.get(bytes, 0);
    }

    private static byte[] withId(MessageId id, int length) {
        byte[] key = new byte[length];
        LONG.set(key, 0, id.high());
        LONG.set(key, Long.BYTES, id.low());
        return key;
    }
}
