package io.postrider.egress;

import io.postrider.mail.MessageId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has pulled and not yet seen recorded: loading, ready, on the wire, or reported. All of it counts
 * against {@code egress.window}. Confined to its connection.
 */
final class Hand {

    private final int window;
    private final ArrayDeque<Piece> ready = new ArrayDeque<>();
    /** Ready for a server that may have mail that requires TLS. */
    private final ArrayDeque<Piece> strict = new ArrayDeque<>(0);

    private final LinkedHashMap<MessageId, Piece> onWire = new LinkedHashMap<>();
    private int held;
    private int loading;

    Hand(int window) {
        this.window = window;
    }

    int room() {
        return window - held;
    }

    /** Half the window is free, or nothing is left to send. */
    boolean wantsMore() {
        return room() * 2 >= window || (room() > 0 && !hasReady() && loading == 0);
    }

    /** Nothing to send, and nothing of it on its way. */
    boolean isDry() {
        return !hasReady() && loading == 0 && onWire.isEmpty();
    }

    /** Dry, and all outcomes are recorded. */
    boolean isEmpty() {
        return isDry() && held <= 0;
    }

    boolean hasReady() {
        return !ready.isEmpty() || !strict.isEmpty();
    }

    boolean hasStrict() {
        return !strict.isEmpty();
    }

    int ready() {
        return ready.size();
    }

    int strict() {
        return strict.size();
    }

    int onWire() {
        return onWire.size();
    }

    void pulled(int messages) {
        held += messages;
        loading += messages;
    }

    void loaded(int messages) {
        loading -= messages;
    }

    /** The queue has them back, or has their outcomes. */
    void returned(int messages) {
        held -= messages;
    }

    void add(Piece piece) {
        (piece.isStrict() ? strict : ready).add(piece);
    }

    /** Up to {@code most} messages for any server; those too old go to {@code expired} instead. */
    List<Job> take(int most, long nowMillis, List<MessageId> expired) {
        return take(ready, most, nowMillis, expired);
    }

    /** The same of those that require TLS. */
    List<Job> takeStrict(int most, long nowMillis, List<MessageId> expired) {
        return take(strict, most, nowMillis, expired);
    }

    private List<Job> take(ArrayDeque<Piece> from, int most, long nowMillis, List<MessageId> expired) {
        List<Job> jobs = new ArrayList<>(Math.max(0, Math.min(most, from.size())));
        while (jobs.size() < most && !from.isEmpty()) {
            Piece piece = from.remove();
            if (nowMillis >= piece.ticket().expiresAt().toEpochMilli()) {
                expired.add(piece.ticket().id());
            } else {
                jobs.add(piece.job());
                onWire.put(piece.ticket().id(), piece);
            }
        }
        return jobs;
    }

    /** Null when it is not on the wire. */
    @Nullable
    Piece settled(MessageId message) {
        return onWire.remove(message);
    }

    /** What the server never answered for goes first again. */
    void takeBack(List<MessageId> notTried) {
        for (int i = notTried.size() - 1; i >= 0; i--) {
            Piece piece = onWire.remove(notTried.get(i));
            if (piece != null) {
                (piece.isStrict() ? strict : ready).addFirst(piece);
            }
        }
    }

    void takeBackAll() {
        takeBack(List.copyOf(onWire.keySet()));
    }

    /** Nothing stays ready. */
    List<Piece> takeReady() {
        List<Piece> pieces = new ArrayList<>(ready.size() + strict.size());
        pieces.addAll(ready);
        pieces.addAll(strict);
        ready.clear();
        strict.clear();
        return pieces;
    }

    /** Those that require TLS, which nobody may have. They are not ready any more. */
    List<Piece> takeStrict() {
        List<Piece> pieces = List.copyOf(strict);
        strict.clear();
        return pieces;
    }
}
