package io.postrider.doctor;

/** How grave a remark is. */
public enum Mark {
    OK("OK"),
    NOTE("note"),
    /** Mail gets through, though fewer trust it. */
    WARN("warn"),
    /** The DNS did not answer, or something is not known: nothing must be concluded. */
    UNKNOWN("unknown"),
    /** Mail is refused or distrusted until it is done. */
    FIX("FIX");

    private final String word;

    Mark(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
