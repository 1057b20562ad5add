package io.postrider.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Keys are kept in generations, so that the old are forgotten by the thousand and nobody looks at each: a generation ends
 * after an eighth of the time that keys are kept, or when it has an eighth of what may be kept. A key is looked for in all
 * of them. Safe for all threads.
 */
final class Generations {

    private static final int PARTS = 8;

    /** What is written down of a generation. */
    record Header(int number, long startedAtMillis, long keys, long bytes) {}

    /** The generation for a new key, and what to forget: generations below {@code oldest}, those that were there named. */
    record Turn(int current, int oldest, List<Integer> dropped, boolean early) {}

    private static final class Generation {
        private final int number;
        private final long startedAtMillis;
        private long keys;
        private long bytes;

        private Generation(int number, long startedAtMillis) {
            this.number = number;
            this.startedAtMillis = startedAtMillis;
        }
    }

    private final IdempotencySettings settings;
    private final Deque<Generation> generations = new ArrayDeque<>();
    private int next = 1;

    /** @param earlier those of processes before, in their order */
    Generations(IdempotencySettings settings, List<Header> earlier) {
        this.settings = settings;
        for (Header header : earlier) {
            Generation generation = new Generation(header.number(), header.startedAtMillis());
            generation.keys = header.keys();
            generation.bytes = header.bytes();
            generations.addLast(generation);
            next = header.number() + 1;
        }
    }

    /** Counts one more key of so many bytes. */
    synchronized Turn add(Instant at, long bytes) {
        long now = at.toEpochMilli();
        if (generations.isEmpty() || isOver(generations.getLast(), now)) {
            generations.addLast(new Generation(next++, now));
        }
        Generation current = generations.getLast();
        current.keys++;
        current.bytes += bytes;
        List<Integer> dropped = new ArrayList<>(0);
        boolean early = false;
        while (generations.size() > 1) {
            boolean old = isOld(now);
            if (!old && !isTooMuch()) {
                break;
            }
            early |= !old;
            dropped.add(generations.removeFirst().number);
        }
        return new Turn(current.number, generations.getFirst().number, dropped, early);
    }

    /** A key of this generation takes so many more bytes. */
    synchronized void grew(int number, long bytes) {
        for (Generation generation : generations) {
            if (generation.number == number) {
                generation.bytes += bytes;
            }
        }
    }

    synchronized List<Header> headers() {
        List<Header> headers = new ArrayList<>(generations.size());
        for (Generation generation : generations) {
            headers.add(header(generation));
        }
        return headers;
    }

    synchronized Header current() {
        return header(generations.getLast());
    }

    /** From the newest, where repeats mostly are, to the oldest. */
    synchronized List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>(generations.size());
        generations.descendingIterator().forEachRemaining(generation -> numbers.add(generation.number));
        return numbers;
    }

    private boolean isOver(Generation generation, long now) {
        Duration part = settings.keep().dividedBy(PARTS);
        return now - generation.startedAtMillis >= part.toMillis()
                || generation.keys >= settings.maxKeys() / PARTS
                || generation.bytes >= settings.maxBytes() / PARTS;
    }

    /** The last key of the oldest generation came before the next one began, and within its own part of the time. */
    private boolean isOld(long now) {
        Iterator<Generation> oldest = generations.iterator();
        long ended =
                oldest.next().startedAtMillis + settings.keep().dividedBy(PARTS).toMillis();
        ended = Math.min(ended, oldest.next().startedAtMillis);
        return now - ended >= settings.keep().toMillis();
    }

    private boolean isTooMuch() {
        long keys = 0;
        long bytes = 0;
        for (Generation generation : generations) {
            keys += generation.keys;
            bytes += generation.bytes;
        }
        return keys > settings.maxKeys() || bytes > settings.maxBytes();
    }

    private static Header header(Generation generation) {
        return new Header(generation.number, generation.startedAtMillis, generation.keys, generation.bytes);
    }
}
