package io.postrider.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.http.Json;
import io.postrider.inquiry.ReplyJson;
import io.postrider.queue.QueueBoard;
import io.postrider.queue.QueueCommand.Matched;
import io.postrider.queue.QueueCommand.MessageLine;
import io.postrider.queue.QueueView;
import io.postrider.spool.WakeIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Queues as JSON. The keys, once released, stay. */
final class QueueJson {

    private QueueJson() {}

    /** A line of the list. */
    static ObjectNode line(QueueBoard.Line line, Instant now) {
        ObjectNode json = Json.object();
        json.put("domain", line.domain().name());
        json.put("depth", line.messages());
        json.put("recipients", line.recipients());
        json.put("ready", line.ready());
        json.put("on_wire", line.onWire());
        json.put("held", line.held());
        json.put("connections", line.connections());
        Json.put(json, "next_attempt", line.nextAttempt());
        json.put("oldest_age", line.oldest().map(oldest -> age(oldest, now)).orElse(null));
        json.put("suspended", line.suspended());
        json.put("backed_off", line.backedOff());
        json.put("waiting_for", line.waitingFor().word());
        return json;
    }

    /** A line of the list for a queue that sleeps since the start of the node: only its next due time is known. */
    static ObjectNode sleeping(WakeIndex.Entry entry) {
        ObjectNode json = Json.object();
        json.put("domain", entry.domain().name());
        json.putNull("depth");
        json.put("next_attempt", entry.due().toString());
        json.put("waiting_for", QueueView.WaitingFor.NEXT_ATTEMPT.word());
        return json;
    }

    static ObjectNode view(QueueView view) {
        ObjectNode json = Json.object();
        json.put("domain", view.domain().name());
        json.put("waiting_for", view.waitingFor().word());
        json.put("depth", view.messages());
        json.put("recipients", view.recipients());
        json.put("ready", view.ready());
        json.put("waiting", view.waiting());
        json.put("on_wire", view.onWire());
        json.put("held", view.held());
        Json.put(json, "next_attempt", view.nextAttempt());
        json.put(
                "oldest_age",
                view.oldest().map(oldest -> age(oldest, view.at())).orElse(null));
        ObjectNode totals = json.putObject("totals");
        totals.put("accepted", view.totals().accepted());
        totals.put("delivered", view.totals().delivered());
        totals.put("bounced", view.totals().bounced());
        totals.put("expired", view.totals().expired());
        totals.put("cancelled", view.totals().cancelled());
        totals.put("queued", view.totals().queued());
        json.put("unrecorded", view.unrecorded());
        limits(json, view);
        backoff(json, view);
        suspensions(json.putArray("suspensions"), view);
        connections(json.putArray("connections"), view);
        lanes(json.putArray("lanes"), view);
        ArrayNode due = json.putArray("due");
        view.dueHistogram().forEach(bar -> due.addObject()
                .put("within_seconds", bar.span().toSeconds())
                .put("messages", bar.messages()));
        ArrayNode replies = json.putArray("recent_replies");
        view.recentReplies()
                .forEach(seen -> replies.add(ReplyJson.add(
                        Json.object().put("at", seen.at().toString()).put("mx", seen.mx()), seen.reply())));
        return json;
    }

    private static void limits(ObjectNode json, QueueView view) {
        json.putObject("limits").put("connections", view.connectionsAllowed()).put("rate", view.rate());
    }

    private static void backoff(ObjectNode json, QueueView view) {
        if (view.backoff().isEmpty()) {
            json.putNull("backoff");
            return;
        }
        QueueView.BackoffView backoff = view.backoff().get();
        json.putObject("backoff")
                .put("failures", backoff.failures())
                .put("until", backoff.until().toString())
                .put("reason", backoff.reason());
    }

    private static void suspensions(ArrayNode json, QueueView view) {
        view.suspensions().forEach(suspension -> {
            ObjectNode one = json.addObject().put("reason", suspension.reason());
            one.put("since", suspension.since().toString());
            Json.put(one, "until", suspension.until());
            selector(one, suspension.selector());
        });
    }

    private static void selector(ObjectNode json, Selector selector) {
        selector.tenant().ifPresent(tenant -> json.put("tenant", tenant));
        selector.campaign().ifPresent(campaign -> json.put("campaign", campaign));
        selector.sender().ifPresent(sender -> json.put("sender", sender));
    }

    private static void connections(ArrayNode json, QueueView view) {
        view.connections().forEach(connection -> json.addObject()
                .put("pool", connection.pool())
                .put("site", connection.site())
                .put("mx", connection.mx())
                .put("mx_ip", connection.ip())
                .put("waiting_for", connection.doing())
                .put("on_wire", connection.onWire()));
    }

    private static void lanes(ArrayNode json, QueueView view) {
        view.lanes().forEach(depth -> {
            Lane lane = depth.lane();
            json.addObject()
                    .put("tenant", lane.tenant())
                    .put("campaign", lane.campaign())
                    .put("class", lane.mailClass())
                    .put("pool", lane.pool())
                    .put("tls_optional", lane.tlsOptional())
                    .put("depth", depth.messages());
        });
    }

    static ObjectNode message(MessageLine message) {
        ObjectNode json = Json.object();
        json.put("id", message.id().toString());
        json.put("state", state(message));
        json.put("due", message.due().toString());
        json.put("expires_at", message.expiresAt().toString());
        json.put("attempts", message.attempts());
        json.put("accepted_at", message.id().acceptedAt().toString());
        json.put("tenant", message.tenant());
        json.put("campaign", message.campaign());
        json.put("class", message.mailClass());
        json.put("pool", message.pool());
        return json;
    }

    static String state(MessageLine message) {
        return message.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static ObjectNode matched(String command, Matched matched, boolean dryRun) {
        return Json.object()
                .put("domain", matched.domain().name())
                .put("command", command)
                .put("dry_run", dryRun)
                .put("messages", matched.messages())
                .put("recipients", matched.recipients())
                .put("on_wire", matched.onWire())
                .put("exact", matched.exact());
    }

    /** In whole seconds. */
    private static Long age(Instant oldest, Instant now) {
        return Math.max(0, Duration.between(oldest, now).toSeconds());
    }
}
