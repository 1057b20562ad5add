package io.postrider.route;

import java.util.List;
import org.xbill.DNS.Record;

/** What the DNS says to one question, CNAMEs already followed. */
sealed interface Answer {

    /** At least one record of the type that was asked for. */
    record Found(List<Record> records) implements Answer {}

    /** The name exists, but has no such record. */
    record NoSuchRecord() implements Answer {}

    record NoSuchName() implements Answer {}

    /** Nobody could say. */
    record Failed(String reason) implements Answer {}
}
