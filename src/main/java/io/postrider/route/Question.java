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
 * @param checked by DNSSEC, as far as {@code egress.dane.dnssec} says
 */
record Question(Name name, int type, boolean checked) {

    /** @throws IllegalArgumentException when the DNS cannot hold such a name */
    static Question about(String name, int type) {
        try {
            return new Question(Name.fromString(name, Name.root), type, true);
        } catch (TextParseException notAName) {
            throw new IllegalArgumentException("expected a domain name, but got '" + name + "'", notAName);
        }
    }

    /** Whether the DNS can hold such a name. */
    static boolean fits(String name) {
        try {
            return Name.fromString(name, Name.root).isAbsolute();
        } catch (TextParseException tooLong) {
            return false;
        }
    }

    /** The same about another name. */
    Question of(Name other) {
        return new Question(other, type, checked);
    }

    /** The same, whatever the signatures say: what an operator names needs no proof, and his own zones have none. */
    Question unchecked() {
        return new Question(name, type, false);
    }

    Message message() {
        return Message.newQuery(Record.newRecord(name, type, DClass.IN));
    }

    @Override
    public String toString() {
        return name.toString(true) + " " + Type.string(type);
    }
}
