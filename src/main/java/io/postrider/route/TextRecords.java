package io.postrider.route;

import com.typesafe.config.Config;
import io.postrider.route.NameServers.Heard;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Asks for TXT records, one question at a time, past any cache: for the command line. Blocks. */
public final class TextRecords {

    /** What DNS says. */
    public sealed interface Found {
        /** @param texts each with its strings joined; empty when there are none */
        record Texts(List<String> texts) implements Found {}

        /** Nobody knows now. */
        record Unknown(String reason) implements Found {}
    }

    private final NameServers servers;

    private TextRecords(NameServers servers) {
        this.servers = servers;
    }

    /** @param config the settings under {@code postrider} */
    public static TextRecords from(Config config) {
        return new TextRecords(new NameServers(DnsSettings.from(config.getConfig("dns")), Runnable::run));
    }

    /** @throws IllegalArgumentException when the DNS cannot hold such a name */
    public Found find(String name) {
        Heard heard = servers.ask(Question.about(name, Type.TXT))
                .toCompletableFuture()
                .join();
        return switch (heard) {
            case Heard.Nothing nothing -> new Found.Unknown(nothing.reason());
            case Heard.Response response ->
                new Found.Texts(
                        response.message().getRcode() == Rcode.NXDOMAIN
                                ? List.of()
                                : texts(response.message().getSection(Section.ANSWER)));
        };
    }

    private static List<String> texts(List<Record> answer) {
        List<String> texts = new ArrayList<>();
        for (Record record : answer) {
            if (record instanceof TXTRecord text) {
                texts.add(String.join("", text.getStrings()));
            }
        }
        return texts;
    }
}
