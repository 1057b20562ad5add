package io.postrider.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Json;
import io.postrider.mail.Domain;
import io.postrider.queue.QueueBoard;
import io.postrider.spool.WakeIndex;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * The queues of this node: those on the board in the order asked for, and behind them those that sleep since the start
 * and are known by their next due time alone.
 */
final class QueueList {

    private static final Comparator<QueueBoard.Line> DEEPEST =
            Comparator.comparingInt(QueueBoard.Line::messages).reversed();

    /** The orders, by their name in the API. */
    static final Map<String, Comparator<QueueBoard.Line>> ORDERS = Map.of(
            "depth", DEEPEST,
            "domain", Comparator.comparing(QueueBoard.Line::domain),
            "oldest", Comparator.comparing(line -> line.oldest().orElse(Instant.MAX)),
            "next_attempt", Comparator.comparing(line -> line.nextAttempt().orElse(Instant.MAX)));

    private final QueueBoard board;
    private final WakeIndex wakeIndex;

    QueueList(QueueBoard board, WakeIndex wakeIndex) {
        this.board = board;
        this.wakeIndex = wakeIndex;
    }

    /** What to list. */
    record Page(int from, int limit, String order, String prefix) {}

    CompletionStage<ObjectNode> page(Page page, Instant now) {
        List<QueueBoard.Line> awake = board.lines().stream()
                .filter(line -> line.domain().name().startsWith(page.prefix()))
                .sorted(ORDERS.getOrDefault(page.order(), DEEPEST).thenComparing(QueueBoard.Line::domain))
                .skip(page.from())
                .limit(page.limit() + 1L)
                .toList();
        if (awake.size() > page.limit()) {
            return CompletableFuture.completedStage(answer(page, awake, List.of(), now));
        }
        int before = awake.isEmpty() ? countAwake(page.prefix()) : page.from() + awake.size();
        int skip = Math.max(0, page.from() - before);
        int room = page.limit() - awake.size() + 1;
        return sleeping(page.prefix(), skip + room)
                .thenApply(all -> answer(page, awake, all.stream().skip(skip).toList(), now));
    }

    private int countAwake(String prefix) {
        return (int) board.lines().stream()
                .filter(line -> line.domain().name().startsWith(prefix))
                .count();
    }

    private static ObjectNode answer(
            Page page, List<QueueBoard.Line> awake, List<WakeIndex.Entry> sleeping, Instant now) {
        ObjectNode answer = Json.object();
        ArrayNode queues = answer.putArray("queues");
        Stream.concat(
                        awake.stream().map(line -> QueueJson.line(line, now)),
                        sleeping.stream().map(QueueJson::sleeping))
                .limit(page.limit())
                .forEach(queues::add);
        boolean more = awake.size() + sleeping.size() > page.limit();
        answer.put("next", more ? Integer.valueOf(page.from() + page.limit()) : null);
        return answer;
    }

    private CompletionStage<List<WakeIndex.Entry>> sleeping(String prefix, int limit) {
        CompletionStage<List<WakeIndex.Entry>> all = CompletableFuture.completedStage(new ArrayList<>());
        int enough = limit + board.lines().size();
        for (int slice = 0; slice < WakeIndex.SLICES; slice++) {
            all = all.thenCombine(wakeIndex.due(slice, FAR, enough), (before, more) -> {
                before.addAll(more);
                return before;
            });
        }
        return all.thenApply(entries -> entries.stream()
                .filter(entry -> entry.domain().name().startsWith(prefix) && !isOnBoard(entry.domain()))
                .sorted(Comparator.comparing(WakeIndex.Entry::due).thenComparing(WakeIndex.Entry::domain))
                .limit(limit)
                .toList());
    }

    private boolean isOnBoard(Domain domain) {
        return board.line(domain).isPresent();
    }

    /** Behind every due time, and within what the index can hold. */
    private static final Instant FAR = Instant.parse("9999-12-31T00:00:00Z");
}
