package io.postrider.doctor.spf;

/** What a mechanism that matches comes to (RFC 7208 §4.6.2). */
enum Qualifier {
    PASS('+', SpfResult.PASS),
    FAIL('-', SpfResult.FAIL),
    SOFTFAIL('~', SpfResult.SOFTFAIL),
    NEUTRAL('?', SpfResult.NEUTRAL);

    private final char sign;
    private final SpfResult result;

    Qualifier(char sign, SpfResult result) {
        this.sign = sign;
        this.result = result;
    }

    SpfResult result() {
        return result;
    }

    /** Whether the term has a sign of its own. */
    static boolean leads(String term) {
        return !term.isEmpty() && "+-~?".indexOf(term.charAt(0)) >= 0;
    }

    static Qualifier of(String term) {
        for (Qualifier qualifier : values()) {
            if (!term.isEmpty() && term.charAt(0) == qualifier.sign) {
                return qualifier;
            }
        }
        return PASS;
    }
}
