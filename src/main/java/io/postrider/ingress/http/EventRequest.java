package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.http.Queries;
import io.postrider.mail.Domain;
import io.postrider.record.FeedFilter;
import io.postrider.record.RecordType;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * What a reader of events asks for.
 *
 * @param after a cursor, or {@link #LATEST}; empty: from the oldest that is kept
 * @param stream whether events shall come as they happen
 */
record EventRequest(Optional<String> after, int limit, FeedFilter filter, boolean stream) {

    /** In place of a cursor: only what is recorded from now on. */
    static final String LATEST = "latest";

    private static final int MOST = 1000;
    private static final int DEFAULT = 100;
    private static final Set<String> KNOWN = Set.of("after", "limit", "type", "tenant", "domain");

    /** @throws Problem when a parameter is wrong */
    static EventRequest of(Call call) {
        HttpRequest request = call.request();
        Queries queries = Queries.of(request, KNOWN);
        Optional<String> seen =
                request.getHeader("Last-Event-ID").map(HttpHeader::value).filter(id -> !id.isBlank());
        boolean stream = request.getHeader("Accept")
                .map(accept -> accept.value().contains("text/event-stream"))
                .orElse(false);
        Optional<String> owner = call.caller().isTrustedHost()
                ? Optional.empty()
                : Optional.of(call.caller().owner());
        FeedFilter filter = new FeedFilter(types(queries), queries.text("tenant"), domain(queries), owner);
        return new EventRequest(
                seen.or(() -> queries.text("after")), queries.number("limit", DEFAULT, 1, MOST), filter, stream);
    }

    private static Set<RecordType> types(Queries queries) {
        Set<RecordType> types = EnumSet.noneOf(RecordType.class);
        for (String word : queries.text("type").orElse("").split(",", -1)) {
            if (!word.isBlank()) {
                types.add(RecordType.of(word.strip()).orElseThrow(() -> Problem.invalid("?type", known(word))));
            }
        }
        return types;
    }

    private static String known(String word) {
        StringBuilder known = new StringBuilder("expected some of");
        for (RecordType type : RecordType.values()) {
            known.append(' ').append(type.word());
        }
        return known.append(" parted by commas, but got '")
                .append(word)
                .append('\'')
                .toString();
    }

    private static Optional<String> domain(Queries queries) {
        return queries.text("domain").map(name -> Domain.parse(name)
                .orElseThrow(() -> Problem.invalid("?domain", "expected a domain, but got '" + name + "'"))
                .name());
    }
}
