package io.postrider.store;

/** The storage could not do what was asked. Whether a write that fails so is on disk is unknown. */
public final class StoreFailed extends RuntimeException {

    public StoreFailed(String message) {
        super(message);
    }

    public StoreFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
