package io.postrider.store;

/** The store takes no new mail now: too much waits to be written or read, or the disk refuses. Try again later. */
public final class Overloaded extends RuntimeException {

    public Overloaded(String message) {
        super(message);
    }
}
