package io.postrider.egress;

import io.postrider.egress.EgressSettings.Share;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Chooses the sources of one pool in proportion to their weights, evenly spread: with weights 2 and 1 it goes a, b, a.
 * Those that cannot be used at the moment are left out of their round.
 */
final class WeightedTurn {

    private final List<Share> shares;
    private final int[] credit;

    WeightedTurn(List<Share> shares) {
        this.shares = shares;
        credit = new int[shares.size()];
    }

    Optional<String> next(Predicate<String> usable) {
        int best = -1;
        int total = 0;
        for (int i = 0; i < credit.length; i++) {
            Share share = shares.get(i);
            if (!usable.test(share.source())) {
                continue;
            }
            credit[i] += share.weight();
            total += share.weight();
            if (best < 0 || credit[i] > credit[best]) {
                best = i;
            }
        }
        if (best < 0) {
            return Optional.empty();
        }
        credit[best] -= total;
        return Optional.of(shares.get(best).source());
    }
}
