package io.postrider.route;

/** Which addresses of a host are used, and in which order: {@code egress.ip-family}. */
public enum IpFamily {
    PREFER_V4("prefer-v4", true, true),
    PREFER_V6("prefer-v6", true, true),
    V4("v4", true, false),
    V6("v6", false, true);

    private final String word;
    private final boolean usesV4;
    private final boolean usesV6;

    IpFamily(String word, boolean usesV4, boolean usesV6) {
        this.word = word;
        this.usesV4 = usesV4;
        this.usesV6 = usesV6;
    }

    public boolean usesV4() {
        return usesV4;
    }

    public boolean usesV6() {
        return usesV6;
    }

    /** @throws IllegalArgumentException when the word names no family */
    static IpFamily of(String word) {
        for (IpFamily family : values()) {
            if (family.word.equals(word)) {
                return family;
            }
        }
        throw new IllegalArgumentException(
                "postrider.egress.ip-family: expected prefer-v4, prefer-v6, v4 or v6, but got '" + word + "'");
    }
}
