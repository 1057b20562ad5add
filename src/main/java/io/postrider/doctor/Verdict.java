package io.postrider.doctor;

/** Whether receivers find something true of our mail. */
enum Verdict {
    YES,
    /** Of some of our addresses, or nobody knows. */
    UNSURE,
    NO
}
