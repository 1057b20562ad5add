package io.postrider.http;

import io.postrider.mail.Identity;
import java.util.Set;

/**
 * A key that an application or an operator may ask with.
 *
 * @param identity with the id of the key, which is not secret and never empty
 * @param scopes what it is good for
 */
public record ApiKey(Identity identity, Set<Scope> scopes) {

    public ApiKey {
        scopes = Set.copyOf(scopes);
    }

    /** Names the key in records and to its owner. */
    public String id() {
        return identity.name();
    }
}
