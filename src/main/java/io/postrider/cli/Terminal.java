package io.postrider.cli;

import java.io.PrintWriter;

/**
 * Where a command writes for a person: a line that is written over again and colours on a terminal, plain lines
 * elsewhere.
 */
final class Terminal {

    private static final String ESCAPE = "\u001b[";

    private final PrintWriter out;
    private final boolean interactive;

    Terminal(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    /**
     * Interactive when {@code bin/postrider} found standard output to be a terminal, which Java cannot tell alike in all
     * its releases.
     */
    static Terminal standard(PrintWriter out) {
        return new Terminal(out, Boolean.getBoolean("postrider.terminal"));
    }

    boolean isInteractive() {
        return interactive;
    }

    /** Replaces the progress shown before. Says nothing where nobody watches. */
    void progress(String line) {
        if (interactive) {
            out.print("\r" + ESCAPE + "K" + line);
            out.flush();
        }
    }

    /** A line that stays; it takes the place of the progress shown before. */
    void line(String line) {
        out.println(interactive ? "\r" + ESCAPE + "K" + line : line);
        out.flush();
    }

    String bold(String text) {
        return painted("1", text);
    }

    String green(String text) {
        return painted("32", text);
    }

    String red(String text) {
        return painted("31", text);
    }

    String dim(String text) {
        return painted("2", text);
    }

    private String painted(String code, String text) {
        boolean colours = interactive && System.getenv("NO_COLOR") == null;
        return colours ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
    }
}
