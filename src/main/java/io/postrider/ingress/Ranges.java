package io.postrider.ingress;

import com.typesafe.config.Config;

/** Checks settings against their ranges, in words that name the key. */
final class Ranges {

    private Ranges() {}

    static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": expected " + min + " to " + max + ", but got " + value);
        }
    }

    /** A number of bytes that fits into an array. */
    static int size(Config config, String key) {
        return (int) Math.min(Integer.MAX_VALUE, config.getBytes(key));
    }
}
