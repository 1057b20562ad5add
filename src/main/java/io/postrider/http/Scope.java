package io.postrider.http;

import java.util.Locale;
import java.util.Optional;

/** What a key may be used for. */
public enum Scope {
    /** To hand in mail, and to take it back. */
    SEND,
    /** To follow one's own mail. */
    READ,
    /** To look at and steer everything, on the management listener. */
    ADMIN;

    /** As files and command lines write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Scope> of(String word) {
        for (Scope scope : values()) {
            if (scope.word().equals(word)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }
}
