package io.postrider.mime.template;

/** What became of a template. */
public sealed interface Rendering {

    record Rendered(String text) implements Rendering {}

    /**
     * The template is wrong, or asked for more than it may have.
     *
     * @param line of the template, from 1; 0 when it is not known
     * @param detail in plain words, and fit for the author of the template
     */
    record Failed(int line, String detail) implements Rendering {}
}
