package io.postrider.http;

import io.postrider.mail.Cidr;
import io.postrider.mail.Identity;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Who may ask: whoever shows a key, and trusted hosts. A key that is shown and not known is refused from a trusted host
 * too, for somebody believes that it is valid. Safe for all threads.
 */
public final class Gate {

    private static final String SCHEME = "Bearer ";
    private static final InetAddress NOBODY = InetAddress.getLoopbackAddress();

    private final Trust trust;
    private final ApiKeys keys;
    private final List<Cidr> allowed;

    public Gate(Trust trust, ApiKeys keys) {
        this(trust, keys, List.of());
    }

    /** @param allowed who may ask at all; empty: anyone */
    public Gate(Trust trust, ApiKeys keys, List<Cidr> allowed) {
        this.trust = trust;
        this.keys = keys;
        this.allowed = List.copyOf(allowed);
    }

    /** To be asked before anything else. @throws Problem 403 for who may not ask, whatever he shows */
    public void letIn(HttpRequest request) {
        if (allowed.isEmpty()) {
            return;
        }
        if (trust.client(request)
                .filter(client -> Cidr.anyContains(allowed, client))
                .isEmpty()) {
            throw Problem.of(403, "client_not_allowed", "this address is not in allow-hosts");
        }
    }

    /**
     * @param needed what a key must be good for; a trusted host may do all that the listener can
     * @throws Problem 401 where a key would help, 403 where none could or this one is not enough
     */
    public Caller admit(HttpRequest request, Scope needed) {
        InetAddress client = trust.client(request).orElse(NOBODY);
        Optional<String> shown = request.getHeader("Authorization").map(HttpHeader::value);
        if (shown.isPresent()) {
            ApiKey key = key(shown.get());
            if (!key.scopes().contains(needed)) {
                throw Problem.of(
                        403, "insufficient_scope", "this needs a key of scope " + needed.word() + ", and yours is not");
            }
            return new Caller(key.identity(), client);
        }
        Optional<String> objection = trust.objection(request);
        if (objection.isEmpty()) {
            return new Caller(Identity.HOST, client);
        }
        if (keys.isEmpty()) {
            throw Problem.of(403, "untrusted_host", objection.get());
        }
        throw unauthorized("expected Authorization: Bearer KEY, for " + objection.get());
    }

    /** For what everybody may see. */
    public Caller anybody(HttpRequest request) {
        return new Caller(Identity.HOST, trust.client(request).orElse(NOBODY));
    }

    private ApiKey key(String shown) {
        if (!shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw unauthorized("expected Authorization: Bearer KEY");
        }
        return keys.find(shown.substring(SCHEME.length()).trim())
                .orElseThrow(() -> unauthorized("this key is not known, was revoked, or has expired"));
    }

    private static Problem unauthorized(String detail) {
        return Problem.of(401, "unauthorized", detail).with("WWW-Authenticate", "Bearer realm=\"postrider\"");
    }
}
