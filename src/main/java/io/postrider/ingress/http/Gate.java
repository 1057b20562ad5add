package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.http.Trust;
import java.net.InetAddress;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Who may ask: whoever shows a key, and trusted hosts. A key that is shown and not known is refused from a trusted host
 * too, for somebody believes that it is valid.
 */
final class Gate {

    private static final String SCHEME = "Bearer ";
    private static final InetAddress NOBODY = InetAddress.getLoopbackAddress();

    private final Trust trust;
    private final ApiKeys keys;

    Gate(Trust trust, ApiKeys keys) {
        this.trust = trust;
        this.keys = keys;
    }

    /** @throws Problem 401 where a key would help, 403 where none could */
    Caller admit(HttpRequest request) {
        InetAddress client = trust.client(request).orElse(NOBODY);
        Optional<String> shown = request.getHeader("Authorization").map(HttpHeader::value);
        if (shown.isPresent()) {
            return new Caller(key(shown.get()).id(), client);
        }
        Optional<String> objection = trust.objection(request);
        if (objection.isEmpty()) {
            return new Caller("", client);
        }
        if (keys.isEmpty()) {
            throw Problem.of(403, "untrusted_host", objection.get());
        }
        throw unauthorized("expected Authorization: Bearer KEY, for " + objection.get());
    }

    /** For what everybody may see. */
    Caller anybody(HttpRequest request) {
        return new Caller("", trust.client(request).orElse(NOBODY));
    }

    private ApiKey key(String shown) {
        if (!shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw unauthorized("expected Authorization: Bearer KEY");
        }
        return keys.find(shown.substring(SCHEME.length()).trim())
                .orElseThrow(() -> unauthorized("this key is not known, or was revoked"));
    }

    private static Problem unauthorized(String detail) {
        return Problem.of(401, "unauthorized", detail).with("WWW-Authenticate", "Bearer realm=\"postrider\"");
    }
}
