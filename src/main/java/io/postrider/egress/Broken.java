package io.postrider.egress;

import java.util.Objects;

/** What a failed stream says in words for people; a stranger's reply shows no class names. */
final class Broken {

    private Broken() {}

    /** @param heard whether the server had said anything */
    static String words(Throwable failure, Transport transport, boolean heard) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String message = Objects.requireNonNullElse(cause.getMessage(), "unknown reason");
        if (heard) {
            return "the connection broke: " + firstLine(message);
        }
        if (message.contains("onnect timeout")) {
            message = "timed out";
        } else if (message.contains("Connection refused")) {
            message = "Connection refused";
        }
        return "no connection to " + transport + ": " + firstLine(message);
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
