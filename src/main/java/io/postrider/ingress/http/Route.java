package io.postrider.ingress.http;

import io.postrider.http.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;

/**
 * One method at one path.
 *
 * @param path segments; one in braces stands for any: {@code [v1, message, {id}]}
 * @param open whether everybody may ask, without a key
 */
public record Route(HttpMethod method, List<String> path, boolean open, Handler handler) {

    public Route {
        path = List.copyOf(path);
    }

    /**
     * For those who may hand in mail.
     *
     * @param path such as {@code /v1/message/{id}}
     */
    public static Route of(HttpMethod method, String path, Handler handler) {
        return new Route(method, segments(path), false, handler);
    }

    /** For everybody. */
    public static Route open(HttpMethod method, String path, Handler handler) {
        return new Route(method, segments(path), true, handler);
    }

    /** What a key must be good for: to read, or to hand in and take back. */
    Scope scope() {
        return method.equals(HttpMethods.GET) ? Scope.READ : Scope.SEND;
    }

    /** The segments in place of names, or empty when this is another path. */
    Optional<List<String>> match(List<String> segments) {
        if (segments.size() != path.size()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>(1);
        for (int i = 0; i < path.size(); i++) {
            if (path.get(i).startsWith("{")) {
                names.add(segments.get(i));
            } else if (!path.get(i).equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(names);
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/"));
    }
}
