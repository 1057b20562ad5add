package io.postrider.smtp;

/** A user and a password; says neither when it is logged. */
public record Credentials(String user, String password) {

    @Override
    public String toString() {
        return "credentials";
    }
}
