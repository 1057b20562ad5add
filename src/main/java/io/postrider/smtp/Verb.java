package io.postrider.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The first word of a command. All that we know have four letters, so one number tells them apart. */
enum Verb {
    EHLO,
    HELO,
    MAIL,
    RCPT,
    DATA,
    BDAT,
    RSET,
    NOOP,
    VRFY,
    EXPN,
    HELP,
    QUIT,
    STARTTLS,
    AUTH,
    XCLIENT,
    /** What a proxy says that we do not believe. */
    PROXY,
    /** Known, but not offered: ETRN, TURN. */
    NOT_OFFERED,
    /** The first word of an HTTP request: a browser was lured into talking to us. */
    HTTP,
    UNKNOWN;

    /** Without case. {@code end} is where the line's text ends, before CRLF. */
    static Verb of(byte[] line, int from, int end) {
        int length = 0;
        while (from + length < end && line[from + length] != ' ') {
            length++;
        }
        if (length != 4) {
            return longOrShort(line, from, length);
        }
        int letters = (line[from] | 0x20) << 24
                | (line[from + 1] | 0x20) << 16
                | (line[from + 2] | 0x20) << 8
                | (line[from + 3] | 0x20);
        return switch (letters) {
            case 0x65686c6f -> EHLO;
            case 0x68656c6f -> HELO;
            case 0x6d61696c -> MAIL;
            case 0x72637074 -> RCPT;
            case 0x64617461 -> DATA;
            case 0x62646174 -> BDAT;
            case 0x72736574 -> RSET;
            case 0x6e6f6f70 -> NOOP;
            case 0x76726679 -> VRFY;
            case 0x6578706e -> EXPN;
            case 0x68656c70 -> HELP;
            case 0x71756974 -> QUIT;
            case 0x61757468 -> AUTH;
            case 0x6574726e, 0x7475726e -> NOT_OFFERED;
            case 0x706f7374, 0x68656164 -> HTTP;
            default -> UNKNOWN;
        };
    }

    private static Verb longOrShort(byte[] line, int from, int length) {
        String word = new String(line, from, length, StandardCharsets.ISO_8859_1);
        return switch (word.length() > 6 ? word.toUpperCase(Locale.ROOT) : word) {
            case "STARTTLS" -> STARTTLS;
            case "XCLIENT" -> XCLIENT;
            case "PROXY" -> PROXY;
            case "GET", "PUT", "OPTIONS", "CONNECT" -> HTTP;
            default -> UNKNOWN;
        };
    }
}
