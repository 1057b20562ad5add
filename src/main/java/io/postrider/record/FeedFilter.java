package io.postrider.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/**
 * Which lines of the delivery log a reader wants; an absent part wants all. A line without the field does not pass.
 *
 * @param types empty for all
 * @param domain the destination, lower case
 * @param owner the key or user that handed the message in
 */
public record FeedFilter(
        Set<RecordType> types, Optional<String> tenant, Optional<String> domain, Optional<String> owner) {

    public static final FeedFilter ALL = new FeedFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

    private static final JsonFactory JSON = new JsonFactory();

    public FeedFilter {
        types = Set.copyOf(types);
    }

    boolean passesAll() {
        return types.isEmpty() && tenant.isEmpty() && domain.isEmpty() && owner.isEmpty();
    }

    /** Looks at the fields of the object itself: metadata may have fields of any name. */
    boolean passes(byte[] bytes, int from, int length) {
        boolean type = types.isEmpty();
        boolean ofTenant = tenant.isEmpty();
        boolean ofDomain = domain.isEmpty();
        boolean ofOwner = owner.isEmpty();
        try (JsonParser in = JSON.createParser(bytes, from, length)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                if (value.isStructStart()) {
                    in.skipChildren();
                    continue;
                }
                switch (name) {
                    case "type" -> type = type || isOneOf(in.getText());
                    case "tenant" -> ofTenant = ofTenant || tenant.equals(Optional.of(in.getText()));
                    case "domain" -> ofDomain = ofDomain || domain.equals(Optional.of(in.getText()));
                    case "owner" -> ofOwner = ofOwner || owner.equals(Optional.of(in.getText()));
                    default -> {}
                }
                if (name.equals("type") && !type) {
                    return false;
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("a line of the event feed is not as it was written", broken);
        }
        return type && ofTenant && ofDomain && ofOwner;
    }

    private boolean isOneOf(String word) {
        for (RecordType type : types) {
            if (type.word().equals(word)) {
                return true;
            }
        }
        return false;
    }
}
