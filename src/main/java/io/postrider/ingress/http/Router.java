package io.postrider.ingress.http;

import io.postrider.http.Problem;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.pekko.http.javadsl.model.HttpMethod;

/** Finds the route of a request; the first that fits counts, so names go behind words. */
final class Router {

    /** A route, and what stands in place of its names. */
    record Found(Route route, List<String> names) {}

    private final List<Route> routes;

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** @throws Problem 404 or 405 when there is none */
    Found find(HttpMethod method, List<String> path) {
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<List<String>> names = route.match(path);
            if (names.isPresent() && route.method().equals(method)) {
                return new Found(route, names.get());
            }
            names.ifPresent(there -> allowed.add(route.method().value()));
        }
        if (allowed.isEmpty()) {
            throw Problem.of(404, "unknown_path", "nothing is at this path; see /docs");
        }
        String list = String.join(", ", allowed);
        throw Problem.of(405, "method_not_allowed", "expected " + list).with("Allow", list);
    }
}
