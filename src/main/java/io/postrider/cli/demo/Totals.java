package io.postrider.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;

/** The books of a node ({@code GET /v1/totals}), in recipients. */
record Totals(long accepted, long delivered, long bounced, long expired, long cancelled, long queued) {

    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0);

    static Totals of(JsonNode json) {
        return new Totals(
                json.path("accepted").asLong(),
                json.path("delivered").asLong(),
                json.path("bounced").asLong(),
                json.path("expired").asLong(),
                json.path("cancelled").asLong(),
                json.path("queued").asLong());
    }

    boolean balances() {
        return accepted == delivered + bounced + expired + cancelled + queued;
    }
}
