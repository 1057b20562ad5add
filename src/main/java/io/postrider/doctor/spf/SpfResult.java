package io.postrider.doctor.spf;

import java.util.Locale;

/** What check_host() comes to (RFC 7208 §2.6). */
public enum SpfResult {
    /** There is no record. */
    NONE,
    NEUTRAL,
    PASS,
    FAIL,
    SOFTFAIL,
    /** The DNS does not answer now. */
    TEMPERROR,
    /** The record cannot be evaluated; receivers take it for a failure or for none. */
    PERMERROR;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
