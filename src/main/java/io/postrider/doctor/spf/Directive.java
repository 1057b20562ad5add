package io.postrider.doctor.spf;

/**
 * One mechanism with what follows from its match.
 *
 * @param text as it is written
 */
record Directive(Qualifier qualifier, Mechanism mechanism, String text) {}
