package io.postrider.inquiry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.event.QueueEvent.Via;
import io.postrider.http.Json;
import io.postrider.mail.Domain;
import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.queue.QueueCommand.MessageLine;
import io.postrider.record.HistoryEntry;
import io.postrider.record.RecipientStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What became of one recipient, as JSON. The keys, once released, stay. */
final class RecipientStory {

    final Domain domain;
    final List<HistoryEntry> timeline = new ArrayList<>();
    String email = "";

    RecipientStory(Domain domain) {
        this.domain = domain;
    }

    /**
     * @param index negative when the reference was lost, and the recipient's place with it
     * @param standing where the message stands in the domain's queue
     */
    ObjectNode toJson(MessageId message, int index, Optional<MessageLine> standing) {
        RecipientStatus status = RecipientStatus.of(timeline);
        ObjectNode json = Json.object();
        json.put("id", index < 0 ? null : new RecipientId(message, index).toString());
        json.put("message_id", message.toString());
        json.put("email", email);
        json.put("domain", domain.name());
        json.put("status", status.word());
        if (!status.isFinal()) {
            json.put("state", standing.map(RecipientStory::state).orElse("unknown"));
            json.put("next_attempt", standing.map(line -> line.due().toString()).orElse(null));
        }
        ArrayNode events = json.putArray("timeline");
        timeline.forEach(entry -> events.add(event(entry)));
        return json;
    }

    private static String state(MessageLine message) {
        return message.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ObjectNode event(HistoryEntry entry) {
        ObjectNode json = Json.object();
        json.put("type", entry.type().word());
        json.put("at", entry.at().toString());
        json.put("event_id", entry.eventId());
        if (entry.attempt() > 0) {
            json.put("attempt", entry.attempt());
        }
        if (!entry.mx().isEmpty()) {
            json.put("mx", entry.mx()).put("mx_ip", entry.mxIp());
            json.put("site", entry.site()).put("source", entry.source());
        }
        if (!entry.tls().equals(Via.Tls.NONE)) {
            json.putObject("tls")
                    .put("version", entry.tls().version())
                    .put("cipher", entry.tls().cipher())
                    .put("policy", entry.tls().policy())
                    .put("peer", entry.tls().peer());
        }
        entry.reply().ifPresent(reply -> ReplyJson.add(json, reply));
        entry.retryAt().ifPresent(due -> json.put("retry_at", due.toString()));
        if (entry.ambiguous()) {
            json.put("ambiguous", true);
        }
        return json;
    }
}
