package io.postrider.pem;

/** A PEM file does not hold what was expected: the message says what came instead, and what to do. Never shows a secret. */
public final class PemException extends Exception {

    private static final long serialVersionUID = 1;

    private final int line;

    PemException(int line, String message) {
        super(message);
        this.line = line;
    }

    PemException(int line, String message, Throwable cause) {
        super(message, cause);
        this.line = line;
    }

    /** Where in the file the trouble starts, from 1. */
    public int line() {
        return line;
    }

    /** The message without a null. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
