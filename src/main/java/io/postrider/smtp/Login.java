package io.postrider.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A client's AUTH by PLAIN (RFC 4616), or by LOGIN where the server knows nothing better. */
final class Login {

    private final Credentials credentials;
    private final WireBuffer out;
    private boolean plain;
    private int answered;

    Login(Credentials credentials, WireBuffer out) {
        this.credentials = credentials;
        this.out = out;
    }

    /** False when the server knows neither. */
    boolean begin(Capabilities server) {
        plain = server.mechanisms().contains("PLAIN");
        if (plain) {
            out.put("AUTH PLAIN ").put(response()).put("\r\n");
        } else if (server.mechanisms().contains("LOGIN")) {
            out.put("AUTH LOGIN\r\n");
        } else {
            return false;
        }
        return true;
    }

    /** Answers the server's challenge; false when it asks for more than there is. */
    boolean goOn() {
        int question = answered++;
        if (plain) {
            // RFC 4954 §4: a server without initial responses asks for it.
            return question == 0 && say(response());
        }
        return switch (question) {
            case 0 -> say(encoded(credentials.user()));
            case 1 -> say(encoded(credentials.password()));
            default -> false;
        };
    }

    private boolean say(String text) {
        out.put(text).put("\r\n");
        return true;
    }

    private String response() {
        return encoded("\0" + credentials.user() + "\0" + credentials.password());
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
