package io.postrider.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why a request was not done, as RFC 9457 tells it. Thrown, as it ends the work on a request; it has no stack.
 *
 * <p>The codes, once released, stay; {@code docs/api.md} lists them.
 */
public final class Problem extends RuntimeException {

    /**
     * One field or parameter that is wrong.
     *
     * @param pointer a JSON pointer into the body (RFC 6901), or {@code ?name} for a parameter
     */
    public record Fault(String pointer, String detail) {}

    /** The status of a request that was understood and is wrong. */
    public static final int INVALID = 422;

    /** Seconds: queues and disk work off what they hold within a few. */
    private static final String SOON = "5";

    private final int status;
    private final String code;
    private final List<Fault> faults;
    private final Map<String, String> headers;
    private final Map<String, JsonNode> members;

    private Problem(
            int status,
            String code,
            String detail,
            List<Fault> faults,
            Map<String, String> headers,
            Map<String, JsonNode> members) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.faults = List.copyOf(faults);
        this.headers = headers;
        this.members = members;
    }

    public static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), Map.of(), Map.of());
    }

    public static Problem invalid(List<Fault> faults) {
        return new Problem(
                INVALID,
                "invalid_request",
                "the request has fields or parameters that are wrong",
                faults,
                Map.of(),
                Map.of());
    }

    public static Problem invalid(String pointer, String detail) {
        return invalid(List.of(new Fault(pointer, detail)));
    }

    /** One field that is wrong, under a code of its own. */
    public static Problem invalid(String code, String detail, String pointer, String fault) {
        return invalid(code, detail, List.of(new Fault(pointer, fault)));
    }

    /** Fields that are wrong, under a code of their own. */
    public static Problem invalid(String code, String detail, List<Fault> faults) {
        return new Problem(INVALID, code, detail, faults, Map.of(), Map.of());
    }

    public static Problem notInThisVersion(String what) {
        return of(501, "not_in_this_version", what + " is not in this version");
    }

    /** A 503 that asks to come back soon. */
    public static Problem overloaded(String detail) {
        return of(503, "overloaded", detail).with("Retry-After", SOON);
    }

    /** A 503 of a node that goes down. */
    public static Problem stopping() {
        return of(
                        503,
                        "stopping",
                        "the node is being stopped; what was asked may have been done, so repeat it with its key")
                .with("Retry-After", SOON);
    }

    /** The same with one more header in the response. */
    public Problem with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new Problem(status, code, String.valueOf(getMessage()), faults, more, members);
    }

    /** The same with one more member in its JSON (RFC 9457 §3.2). */
    public Problem telling(String name, JsonNode value) {
        Map<String, JsonNode> more = new TreeMap<>(members);
        more.put(name, value);
        return new Problem(status, code, String.valueOf(getMessage()), faults, headers, more);
    }

    /** Headers of the response besides its type. */
    public Map<String, String> headers() {
        return headers;
    }

    public List<Fault> faults() {
        return faults;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("type", "about:blank");
        json.put("title", title());
        json.put("status", status);
        json.put("code", code);
        json.put("detail", getMessage());
        if (!faults.isEmpty()) {
            ArrayNode errors = json.putArray("errors");
            faults.forEach(
                    fault -> errors.addObject().put("pointer", fault.pointer()).put("detail", fault.detail()));
        }
        members.forEach(json::set);
        return json;
    }

    private String title() {
        return switch (status) {
            case 400 -> "Bad request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 408 -> "Request timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 413 -> "Content too large";
            case 414 -> "URI too long";
            case 415 -> "Unsupported media type";
            case 417 -> "Expectation failed";
            case 422 -> "Unprocessable content";
            case 429 -> "Too many requests";
            case 431 -> "Request header fields too large";
            case 501 -> "Not implemented";
            case 503 -> "Service unavailable";
            case 504 -> "Gateway timeout";
            case 505 -> "HTTP version not supported";
            default -> "Internal error";
        };
    }
}
