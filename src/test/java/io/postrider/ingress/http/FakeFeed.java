package io.postrider.ingress.http;

import io.postrider.record.EventFeed;
import io.postrider.record.FeedAnswer;
import io.postrider.record.FeedAnswer.Line;
import io.postrider.record.FeedFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A feed in memory. Of a filter it knows the tenant alone, which it remembers. */
final class FakeFeed implements EventFeed {

    private final List<String> lines = new ArrayList<>();
    private final List<FeedFilter> asked = new ArrayList<>();
    private long deletedUpTo;
    private CompletableFuture<Long> news = new CompletableFuture<>();

    /** More lines, of which everybody learns together. */
    synchronized void add(String... json) {
        lines.addAll(List.of(json));
        CompletableFuture<Long> told = news;
        news = new CompletableFuture<>();
        told.completeAsync(this::newest);
    }

    synchronized void deleteUpTo(long number) {
        deletedUpTo = number;
    }

    /** The filter of each page that was read. */
    synchronized List<FeedFilter> asked() {
        return List.copyOf(asked);
    }

    static String line(String type, String more) {
        return "{\"v\":1,\"type\":\"" + type + "\"" + more + "}";
    }

    @Override
    public String id() {
        return "fake";
    }

    @Override
    public synchronized long newest() {
        return lines.size();
    }

    @Override
    public synchronized CompletionStage<Long> oldest() {
        return CompletableFuture.completedStage(deletedUpTo);
    }

    @Override
    public synchronized CompletionStage<FeedAnswer> after(long after, int limit, FeedFilter filter) {
        asked.add(filter);
        return CompletableFuture.completedStage(page(after, limit, filter));
    }

    private FeedAnswer page(long after, int limit, FeedFilter filter) {
        if (after > lines.size()) {
            return new FeedAnswer.Unknown(lines.size());
        }
        if (after < deletedUpTo) {
            return new FeedAnswer.Expired(deletedUpTo);
        }
        List<Line> page = new ArrayList<>();
        long next = after;
        while (next < lines.size() && page.size() < limit) {
            String json = lines.get((int) next++);
            if (filter.tenant().isEmpty()
                    || json.contains("\"tenant\":\"" + filter.tenant().get() + "\"")) {
                page.add(new Line(next, json.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return new FeedAnswer.Page(page, next, next < lines.size());
    }

    @Override
    public synchronized CompletionStage<Long> news(long after) {
        return lines.size() > after ? CompletableFuture.completedStage((long) lines.size()) : news;
    }
}
