package io.postrider.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Why a request was not done, as RFC 9457 tells it. Thrown, as it ends the work on a request; it has no stack.
 *
 * <p>The codes, once released, stay; {@code docs/api.md} lists them.
 */
final class Problem extends RuntimeException {

    /**
     * One field or parameter that is wrong.
     *
     * @param pointer a JSON pointer into the body (RFC 6901), or {@code ?name} for a parameter
     */
    record Fault(String pointer, String detail) {}

    private final int status;
    private final String code;
    private final List<Fault> faults;

    private Problem(int status, String code, String detail, List<Fault> faults) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.faults = faults;
    }

    static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of());
    }

    static Problem invalid(List<Fault> faults) {
        return new Problem(422, "invalid_request", "the request has fields or parameters that are wrong", faults);
    }

    static Problem invalid(String pointer, String detail) {
        return invalid(List.of(new Fault(pointer, detail)));
    }

    static Problem notInThisVersion(String what) {
        return of(501, "not_in_this_version", what + " is not in this version");
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    ObjectNode toJson() {
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
        return json;
    }

    private String title() {
        return switch (status) {
            case 400 -> "Bad request";
            case 403 -> "Forbidden";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 413 -> "Content too large";
            case 415 -> "Unsupported media type";
            case 422 -> "Unprocessable content";
            case 501 -> "Not implemented";
            case 503 -> "Service unavailable";
            case 504 -> "Gateway timeout";
            default -> "Internal error";
        };
    }
}
