package io.postrider.event;

import io.postrider.event.ByteSource.UnreadableException;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Via;
import io.postrider.event.QueueEvent.Via.Tls;
import io.postrider.mail.EnhancedCode;
import io.postrider.mail.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ways and replies of one event, each once: a thousand deliveries over one connection repeat them a thousand times. */
final class ResultTable {

    /** Of the text of one reply: what comes behind is for the other postmaster's poets. */
    static final int LONGEST_TEXT = 512;

    private static final int NO_TLS = 0;
    private static final int TLS = 1;
    private static final int TLS_WITH_PEER = 2;

    private static final int AMBIGUOUS = 0x10;
    private static final int REPORT = 0x20;
    private static final Kind[] KINDS = new Kind[6];

    static {
        for (Kind kind : Kind.values()) {
            KINDS[kind.number()] = kind;
        }
    }

    private final Map<Via, Integer> viaNumbers = new HashMap<>();
    private final Map<Reply, Integer> replyNumbers = new HashMap<>();
    private final List<Via> vias = new ArrayList<>();
    private final List<Reply> replies = new ArrayList<>();

    void add(Optional<Via> via, List<Result> results) {
        if (via.isPresent() && viaNumbers.putIfAbsent(via.get(), vias.size()) == null) {
            vias.add(via.get());
        }
        for (Result result : results) {
            if (replyNumbers.putIfAbsent(result.reply(), replies.size()) == null) {
                replies.add(result.reply());
            }
        }
    }

    void write(ByteSink out) {
        out.writeVar(vias.size());
        for (Via via : vias) {
            out.writeText(via.site());
            out.writeText(via.mx());
            out.writeText(via.ip());
            out.writeText(via.source());
            writeTls(out, via.tls());
        }
        out.writeVar(replies.size());
        replies.forEach(reply -> writeReply(out, reply));
    }

    static ResultTable read(ByteSource in) {
        ResultTable table = new ResultTable();
        int vias = in.readCount();
        for (int i = 0; i < vias; i++) {
            table.vias.add(new Via(in.readText(), in.readText(), in.readText(), in.readText(), readTls(in)));
        }
        int replies = in.readCount();
        for (int i = 0; i < replies; i++) {
            table.replies.add(readReply(in));
        }
        return table;
    }

    private static void writeTls(ByteSink out, Tls tls) {
        if (tls.equals(Tls.NONE)) {
            out.writeByte(NO_TLS);
            return;
        }
        boolean named = !tls.peer().isEmpty();
        out.writeByte(named ? TLS_WITH_PEER : TLS);
        out.writeText(tls.version());
        out.writeText(tls.cipher());
        out.writeText(tls.policy());
        if (named) {
            out.writeText(tls.peer());
        }
    }

    private static Tls readTls(ByteSource in) {
        int kind = in.readByte();
        return switch (kind) {
            case NO_TLS -> Tls.NONE;
            case TLS -> new Tls(in.readText(), in.readText(), in.readText(), "");
            case TLS_WITH_PEER -> new Tls(in.readText(), in.readText(), in.readText(), in.readText());
            default -> throw new UnreadableException("expected a kind of encryption, but number " + kind + " is none");
        };
    }

    void writeVia(ByteSink out, Optional<Via> via) {
        out.writeVar(via.isEmpty() ? 0 : 1 + viaNumbers.getOrDefault(via.get(), 0));
    }

    Optional<Via> readVia(ByteSource in) {
        int number = in.readInt();
        return number == 0 ? Optional.empty() : Optional.of(vias.get(number - 1));
    }

    void writeResults(ByteSink out, List<Result> results) {
        out.writeVar(results.size());
        for (Result result : results) {
            out.writeVar(result.position());
            out.writeByte(
                    result.kind().number() | (result.ambiguous() ? AMBIGUOUS : 0) | (result.report() ? REPORT : 0));
            out.writeVar(replyNumbers.getOrDefault(result.reply(), 0));
        }
    }

    List<Result> readResults(ByteSource in) {
        int count = in.readCount();
        if (count == 1) {
            return List.of(readResult(in));
        }
        List<Result> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(readResult(in));
        }
        return results;
    }

    private Result readResult(ByteSource in) {
        int position = in.readInt();
        int flags = in.readByte();
        int number = flags & 0xF;
        if (number == 0 || number >= KINDS.length) {
            throw new UnreadableException("expected a kind of result, but number " + number + " is none");
        }
        return new Result(
                position, KINDS[number], replies.get(in.readInt()), (flags & AMBIGUOUS) != 0, (flags & REPORT) != 0);
    }

    static String bounded(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
        return text.substring(0, end);
    }

    private static void writeReply(ByteSink out, Reply reply) {
        out.writeVar(reply.code());
        out.writeByte(reply.enhanced().isPresent() ? 1 : 0);
        reply.enhanced().ifPresent(code -> {
            out.writeVar(code.category());
            out.writeVar(code.subject());
            out.writeVar(code.detail());
        });
        List<String> lines = boundedLines(reply.lines());
        out.writeVar(lines.size());
        lines.forEach(out::writeText);
    }

    /** A reply's lines share the bound, so that a server with much to say fills no journal. */
    private static List<String> boundedLines(List<String> lines) {
        List<String> kept = new ArrayList<>(lines.size());
        int left = LONGEST_TEXT;
        for (String line : lines) {
            String part = line.length() <= left ? line : bounded(line.substring(0, left));
            kept.add(part);
            left -= part.length() + 1;
            if (left <= 0) {
                break;
            }
        }
        return kept;
    }

    private static Reply readReply(ByteSource in) {
        int code = in.readInt();
        Optional<EnhancedCode> enhanced = in.readByte() == 0
                ? Optional.empty()
                : Optional.of(new EnhancedCode(in.readInt(), in.readInt(), in.readInt()));
        int count = in.readCount();
        List<String> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(in.readText());
        }
        return new Reply(code, enhanced, lines);
    }
}
