package io.postrider.route;

import io.postrider.route.AnswerReader.Reading;
import io.postrider.route.NameServers.Heard;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** The name servers of the configuration, asked on the caller's thread. */
final class UncachedRecords implements DnsRecords {

    private final NameServers servers;

    UncachedRecords(NameServers servers) {
        this.servers = servers;
    }

    @Override
    public Found find(String name, Kind kind) {
        Question question;
        try {
            question = Question.about(name, type(kind));
        } catch (IllegalArgumentException impossible) {
            return new Found.None(false);
        }
        for (int hops = 0; hops <= AnswerReader.MOST_CNAMES; hops++) {
            switch (servers.ask(question).toCompletableFuture().join()) {
                case Heard.Nothing nothing -> {
                    return new Found.Unknown(nothing.reason());
                }
                case Heard.Response response -> {
                    switch (AnswerReader.read(
                            response.message(), question.name(), question.type(), response.secure())) {
                        case Reading.Complete complete -> {
                            return found(complete.answer());
                        }
                        case Reading.AskFor alias -> question = question.of(alias.name());
                    }
                }
            }
        }
        return new Found.Unknown("more than " + AnswerReader.MOST_CNAMES + " CNAMEs");
    }

    private static int type(Kind kind) {
        return switch (kind) {
            case A -> Type.A;
            case AAAA -> Type.AAAA;
            case MX -> Type.MX;
            case PTR -> Type.PTR;
            case TLSA -> Type.TLSA;
            case TXT -> Type.TXT;
            case CNAME -> Type.CNAME;
        };
    }

    private static Found found(Answer answer) {
        return switch (answer) {
            case Answer.Found found -> new Found.Records(values(found.records()));
            case Answer.NoSuchRecord none -> new Found.None(true);
            case Answer.NoSuchName none -> new Found.None(false);
            case Answer.Failed failed -> new Found.Unknown(failed.reason());
        };
    }

    private static List<String> values(List<Record> records) {
        return records.stream().map(UncachedRecords::value).toList();
    }

    private static String value(Record record) {
        return switch (record) {
            case ARecord a -> a.getAddress().getHostAddress();
            case AAAARecord aaaa -> aaaa.getAddress().getHostAddress();
            case MXRecord mx -> mx.getPriority() + " " + name(mx.getTarget());
            case PTRRecord pointer -> name(pointer.getTarget());
            case CNAMERecord alias -> name(alias.getTarget());
            case TXTRecord text -> text(text);
            default -> record.rdataToString();
        };
    }

    private static String name(Name name) {
        return name.toString(true).toLowerCase(Locale.ROOT);
    }

    /** Its bytes, not dnsjava's spelling of them, which puts a backslash before quotation marks. */
    private static String text(TXTRecord record) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        record.getStringsAsByteArrays().forEach(joined::writeBytes);
        return joined.toString(StandardCharsets.ISO_8859_1);
    }
}
