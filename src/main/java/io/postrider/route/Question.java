package io.postrider.route;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * @param name absolute; compares without case
 * @param type {@link Type}
 */
record Question(Name name, int type) {

    /** @throws IllegalArgumentException when the DNS cannot hold such a name */
    static Question about(String name, int type) {
        try {
            return new Question(Name.fromString(name, Name.root), type);
        } catch (TextParseException notAName) {
            throw new IllegalArgumentException("expected a domain name, but got '" + name + "'", notAName);
        }
    }

    Message message() {
        return Message.newQuery(Record.newRecord(name, type, DClass.IN));
    }

    @Override
    public String toString() {
        return name.toString(true) + " " + Type.string(type);
    }
}
