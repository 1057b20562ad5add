package io.postrider.route;

/**
 * The roll-up of a domain's MX hosts: domains hosted at one provider share it, and so its limits.
 *
 * @param name for people and paths: {@code (alt1|alt2).mx.example.net}, or the targets of a route
 */
public record Site(String name) {

    @Override
    public String toString() {
        return name;
    }
}
