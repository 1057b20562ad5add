package io.postrider.inquiry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.mail.Reply;

/** A server's reply as our APIs show it. */
public final class ReplyJson {

    private ReplyJson() {}

    /** Adds {@code reply} to an object, and gives that back. */
    public static ObjectNode add(ObjectNode json, Reply reply) {
        json.putObject("reply")
                .put("code", reply.code())
                .put("enhanced", reply.enhanced().map(Object::toString).orElse(null))
                .put("text", reply.text());
        return json;
    }
}
