package io.postrider.route;

import io.postrider.mail.Domain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The configured routes, found by the most specific pattern: the domain itself, the longest wildcard, then {@code *}. */
final class RouteTable<T> {

    private final Map<String, T> exact = new HashMap<>();
    private final Map<String, T> below = new HashMap<>();
    private Optional<T> rest = Optional.empty();

    RouteTable(List<Route> routes, Function<Route, T> way) {
        for (Route route : routes) {
            T value = way.apply(route);
            if (route.pattern().equals("*")) {
                rest = Optional.of(value);
            } else if (route.pattern().startsWith("*.")) {
                below.put(route.pattern().substring(2), value);
            } else {
                exact.put(route.pattern(), value);
            }
        }
    }

    Optional<T> find(Domain domain) {
        T found = exact.get(domain.name());
        if (found != null) {
            return Optional.of(found);
        }
        return below.isEmpty() || domain.isLiteral() ? rest : belowOrRest(domain.name());
    }

    private Optional<T> belowOrRest(String name) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            T found = below.get(name.substring(dot + 1));
            if (found != null) {
                return Optional.of(found);
            }
        }
        return rest;
    }
}
