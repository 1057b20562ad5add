package io.postrider.dkim;

/** What became of one signature. */
public sealed interface Verification {

    /** The domain vouches for the message as it is. */
    record Passed(String domain, String selector, String algorithm) implements Verification {}

    /**
     * As if it were not there (RFC 6376 §6.1).
     *
     * @param why in words
     */
    record Failed(String domain, String selector, String why) implements Verification {}
}
