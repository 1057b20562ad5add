package io.postrider;

import java.util.Collection;
import java.util.Optional;

/** Finds the key that was probably meant. */
final class NearestKey {

    private NearestKey() {}

    /** The candidate with the fewest slips from {@code text}; empty when all are too far. */
    static Optional<String> of(String text, Collection<String> candidates) {
        Optional<String> nearest = Optional.empty();
        int least = Math.max(2, text.length() / 3) + 1;
        for (String candidate : candidates) {
            int slips = slips(text, candidate);
            if (slips < least) {
                least = slips;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /** Letters to insert, delete, replace or swap with their neighbour. */
    static int slips(String one, String other) {
        int[][] cost = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == other.charAt(j - 1);
                int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
                least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped = i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1);
                cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
            }
        }
        return cost[one.length()][other.length()];
    }
}
