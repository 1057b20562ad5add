package io.postrider.ingress.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Json;
import io.postrider.mail.MessageId;
import io.postrider.mail.RecipientId;
import io.postrider.spool.Recipient;
import java.util.List;

/** The answers of an injection, as {@code docs/api.md} shows them. */
final class AnswerJson {

    /** One message that was taken. */
    record Message(MessageId id, List<Recipient> recipients) {}

    private AnswerJson() {}

    static byte[] queued(MessageId submission, List<Message> messages, List<Order.Rejected> rejected) {
        ObjectNode json = Json.object();
        json.put("id", submission.toString());
        json.put("status", "queued");
        ArrayNode list = json.putArray("recipients");
        for (Message message : messages) {
            String id = message.id().toString();
            for (Recipient recipient : message.recipients()) {
                list.addObject()
                        .put("id", new RecipientId(message.id(), recipient.index()).toString())
                        .put("message_id", id)
                        .put("email", recipient.mailbox().address())
                        .put("status", "queued");
            }
        }
        json.set("rejected", rejected(rejected));
        return Json.write(json);
    }

    static byte[] checked(Order order) {
        ObjectNode json = Json.object();
        json.put("status", "checked");
        ArrayNode list = json.putArray("recipients");
        for (int place = 0; place < order.messages(); place++) {
            for (Recipient recipient : order.recipients(place)) {
                list.addObject().put("email", recipient.mailbox().address()).put("status", "checked");
            }
        }
        json.set("rejected", rejected(order.rejected()));
        return Json.write(json);
    }

    static ArrayNode rejected(List<Order.Rejected> rejected) {
        ArrayNode list = Json.object().arrayNode();
        for (Order.Rejected one : rejected) {
            list.addObject().put("email", one.email()).put("code", one.code()).put("detail", one.detail());
        }
        return list;
    }
}
