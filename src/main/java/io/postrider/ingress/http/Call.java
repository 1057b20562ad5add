package io.postrider.ingress.http;

import io.postrider.http.Caller;
import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * One request on its way to its handler.
 *
 * @param id names the request in logs and records, as a session id does for SMTP
 * @param names what stands in the path where the route has a name in braces, decoded, in order
 */
public record Call(String id, HttpRequest request, Caller caller, List<String> names) {

    public Call {
        names = List.copyOf(names);
    }

    /** The first name in the path. */
    public String name() {
        return names.get(0);
    }
}
