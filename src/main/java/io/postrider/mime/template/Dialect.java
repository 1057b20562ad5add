package io.postrider.mime.template;

import java.util.Optional;

/** The languages of templates. */
public enum Dialect {
    /** Like Jinja: {@code {{ name }}}, {@code {% if … %}}, {@code {% for … %}}. */
    PEBBLE("pebble"),
    /** {@code {{name}}}, {@code {{#if …}}}, {@code {{#each …}}}. */
    HANDLEBARS("handlebars");

    private final String word;

    Dialect(String word) {
        this.word = word;
    }

    /** As requests name it in {@code template_dialect}. */
    public String word() {
        return word;
    }

    public static Optional<Dialect> of(String word) {
        for (Dialect dialect : values()) {
            if (dialect.word.equals(word)) {
                return Optional.of(dialect);
            }
        }
        return Optional.empty();
    }
}
