package io.postrider.ingress.http.contract;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request and its answer.
 *
 * @param target path and query as they were sent
 * @param requestBody empty for none
 * @param answerBody empty when nobody can tell, as for a stream that is still read
 */
public record Exchange(
        String method,
        String target,
        Map<String, List<String>> requestHeaders,
        String requestBody,
        int status,
        Map<String, List<String>> answerHeaders,
        Optional<String> answerBody) {

    public Exchange {
        requestHeaders = caseless(requestHeaders);
        answerHeaders = caseless(answerHeaders);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Raw, parted. */
    List<String> queryNames() {
        int query = target.indexOf('?');
        if (query < 0 || query == target.length() - 1) {
            return List.of();
        }
        return List.of(target.substring(query + 1).split("&")).stream()
                .map(pair -> pair.split("=", 2)[0])
                .toList();
    }

    Optional<String> answerHeader(String name) {
        return Optional.ofNullable(answerHeaders.get(name)).map(values -> values.get(0));
    }

    String requestType() {
        return type(Optional.ofNullable(requestHeaders.get("Content-Type")).map(values -> values.get(0)));
    }

    String answerType() {
        return type(answerHeader("Content-Type"));
    }

    @Override
    public String toString() {
        return method + " " + target + " " + requestHeaders + "\n" + shortened(requestBody) + "\n-> " + status + " "
                + answerHeaders + "\n" + shortened(answerBody.orElse("(stream)"));
    }

    private static String shortened(String text) {
        return text.length() > 2000 ? text.substring(0, 2000) + "…" : text;
    }

    /** Without parameters. */
    private static String type(Optional<String> header) {
        return header.map(value -> value.split(";", 2)[0].trim().toLowerCase(Locale.ROOT))
                .orElse("");
    }

    private static Map<String, List<String>> caseless(Map<String, List<String>> headers) {
        Map<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(headers);
        return sorted;
    }
}
