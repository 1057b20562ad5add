package io.postrider.ingress;

import io.postrider.mail.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a proxy says before the first byte of its client: PROXY protocol, versions 1 and 2. Without I/O: feed bytes until
 * {@link #state} is not {@code MORE}; what lies behind the header is {@link #rest}. Of version 2 the additions (TLV) are
 * skipped. Not for several threads.
 */
final class ProxyHeader {

    enum State {
        MORE,
        READ,
        WRONG
    }

    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final byte[] NOTHING = {};

    /** Bytes of the longest line of version 1, with its CRLF. */
    private static final int LONGEST_V1 = 107;

    private static final int HEAD_V2 = 16;

    /** Bytes behind the head of version 2: addresses and additions, of which a certificate's name is the longest usual. */
    private static final int LONGEST_V2 = 4096;

    private byte[] bytes = NOTHING;
    private State state = State.MORE;
    private Optional<InetAddress> client = Optional.empty();
    private byte[] rest = NOTHING;

    State receive(byte[] more) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, joined, bytes.length, more.length);
        bytes = joined;
        if (startsWith(V1)) {
            readV1();
        } else if (startsWith(V2)) {
            readV2();
        } else {
            state = State.WRONG;
        }
        return state;
    }

    State state() {
        return state;
    }

    /** For whom the proxy speaks; empty: for itself, or it does not know. */
    Optional<InetAddress> client() {
        return client;
    }

    /** What came behind the header. */
    byte[] rest() {
        return rest;
    }

    /** As far as there are bytes yet. */
    private boolean startsWith(byte[] word) {
        int length = Math.min(word.length, bytes.length);
        return Arrays.equals(bytes, 0, length, word, 0, length);
    }

    private void readV1() {
        int end = 0;
        while (end < Math.min(bytes.length, LONGEST_V1) && bytes[end] != '\n') {
            end++;
        }
        if (end == Math.min(bytes.length, LONGEST_V1)) {
            state = bytes.length < LONGEST_V1 ? State.MORE : State.WRONG;
            return;
        }
        if (bytes[end - 1] != '\r') {
            state = State.WRONG;
            return;
        }
        String line = new String(bytes, 0, end - 1, StandardCharsets.US_ASCII);
        String[] words = line.split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            read(end + 1);
            return;
        }
        boolean known = words.length == 6 && (words[1].equals("TCP4") || words[1].equals("TCP6"));
        client = known ? IpLiteral.parse(words[2]) : Optional.empty();
        boolean fits = known
                && client.isPresent()
                && (words[1].equals("TCP6") == words[2].contains(":"))
                && IpLiteral.parse(words[3]).isPresent()
                && isPort(words[4])
                && isPort(words[5]);
        if (fits) {
            read(end + 1);
        } else {
            state = State.WRONG;
        }
    }

    private static boolean isPort(String text) {
        return !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) <= 65_535;
    }

    private void readV2() {
        if (bytes.length < HEAD_V2) {
            return;
        }
        int length = (bytes[14] & 0xFF) << 8 | (bytes[15] & 0xFF);
        int version = bytes[12] & 0xF0;
        int command = bytes[12] & 0x0F;
        if (version != 0x20 || command > 1 || length > LONGEST_V2) {
            state = State.WRONG;
            return;
        }
        if (bytes.length < HEAD_V2 + length) {
            return;
        }
        int family = bytes[13] & 0xFF;
        int size = family == 0x11 ? 4 : family == 0x21 ? 16 : 0;
        if (command == 1 && size > 0) {
            if (length < 2 * size + 4) {
                state = State.WRONG;
                return;
            }
            client = Optional.of(address(Arrays.copyOfRange(bytes, HEAD_V2, HEAD_V2 + size)));
        }
        read(HEAD_V2 + length);
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException never) {
            throw new IllegalStateException("4 or 16 octets are an address", never);
        }
    }

    private void read(int end) {
        rest = Arrays.copyOfRange(bytes, end, bytes.length);
        bytes = NOTHING;
        state = State.READ;
    }
}
