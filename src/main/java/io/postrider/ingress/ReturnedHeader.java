package io.postrider.ingress;

import java.util.Arrays;

/** The header of a message as a report returns it: whole fields, up to a bound. */
final class ReturnedHeader {

    private ReturnedHeader() {}

    /** @param message its beginning; every line ends in CRLF */
    static byte[] of(byte[] message, int most) {
        int end = 0;
        for (int line = 0; line < message.length; ) {
            boolean folded = message[line] == ' ' || message[line] == '\t';
            if (!folded) {
                end = line;
            }
            int next = behindLine(message, line);
            if (message[line] == '\r' || next > most || next < 0) {
                return Arrays.copyOf(message, end);
            }
            line = next;
        }
        return message;
    }

    private static int behindLine(byte[] message, int from) {
        for (int i = from; i < message.length; i++) {
            if (message[i] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    static boolean isEightBit(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return true;
            }
        }
        return false;
    }
}
