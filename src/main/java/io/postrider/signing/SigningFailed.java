package io.postrider.signing;

/** A message that must be signed could not be. Why is in the log. */
public final class SigningFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    public SigningFailed(Throwable cause) {
        super("the message could not be signed", cause);
    }
}
