package io.postrider.route;

import java.util.List;

/**
 * A way that the configuration gives instead of the DNS.
 *
 * @param pattern {@code example.com}, {@code *.corp.example} for every domain below, or {@code *} for the rest
 * @param targets tried in this order, at least one
 */
public record Route(String pattern, List<Target> targets) {

    public Route {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("expected at least one host");
        }
        targets = List.copyOf(targets);
    }

    /** Its site is its list of targets, so routes with the same targets share their limits. */
    public Site site() {
        StringBuilder name = new StringBuilder();
        for (Target target : targets) {
            name.append(name.isEmpty() ? "" : ",").append(target);
        }
        return new Site(name.toString());
    }
}
