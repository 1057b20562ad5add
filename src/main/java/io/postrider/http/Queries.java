package io.postrider.http;

import io.postrider.http.Problem.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.japi.Pair;

/** Path and parameters of a request. One that is not known, or comes twice, is an error. */
public final class Queries {

    private final Map<String, String> values = new HashMap<>();

    private Queries() {}

    /** @throws Problem when there are others than these */
    public static Queries of(HttpRequest request, Set<String> known) {
        Queries queries = new Queries();
        List<Fault> faults = new ArrayList<>();
        for (Pair<String, String> parameter : request.getUri().query().toList()) {
            if (!known.contains(parameter.first())) {
                faults.add(new Fault("?" + parameter.first(), "unknown; known are " + sorted(known)));
            } else if (queries.values.put(parameter.first(), parameter.second()) != null) {
                faults.add(new Fault("?" + parameter.first(), "given twice"));
            }
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults);
        }
        return queries;
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public int number(String name, int otherwise, int least, int most) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        throw Problem.invalid("?" + name, "expected a number from " + least + " to " + most);
    }

    /** The decoded segments of the path; an empty one at the end is left out. */
    public static List<String> path(HttpRequest request) {
        List<String> segments = new ArrayList<>();
        request.getUri().pathSegments().forEach(segments::add);
        if (!segments.isEmpty() && segments.getLast().isEmpty()) {
            segments.removeLast();
        }
        return segments;
    }

    private static String sorted(Set<String> known) {
        return known.isEmpty()
                ? "none"
                : String.join(", ", known.stream().sorted().toList());
    }
}
