package io.postrider.route;

import io.postrider.tls.Login;
import java.util.List;
import java.util.Optional;

/**
 * A way that the configuration gives instead of the DNS.
 *
 * @param pattern {@code example.com}, {@code *.corp.example} for every domain below, or {@code *} for the rest
 * @param written the pattern as it stands in the configuration
 * @param targets tried in this order, at least one
 * @param login who we are to them
 */
public record Route(String pattern, String written, List<Target> targets, Optional<Login> login) {

    public Route {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("expected at least one host");
        }
        targets = List.copyOf(targets);
    }

    /** By nobody in particular. */
    public Route(String pattern, List<Target> targets) {
        this(pattern, pattern, targets, Optional.empty());
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
