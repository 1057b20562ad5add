package io.postrider.doctor.spf;

/** Carries what is wrong out of the parser; never leaves the package. */
final class SpfSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String problem;

    SpfSyntaxException(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
