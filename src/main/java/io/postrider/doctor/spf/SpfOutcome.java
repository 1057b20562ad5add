package io.postrider.doctor.spf;

import java.util.Optional;

/**
 * How a query was judged.
 *
 * @param reason in words: the terms that decided, or what is wrong
 * @param record the text of the domain's record; empty when there is none, or several, or nobody knows
 * @param lookUps terms that asked the DNS
 * @param byAll whether it passes because everybody does
 * @param asksForSender whether a macro on the way stands for the local part: another sender may be judged otherwise
 */
public record SpfOutcome(
        SpfResult result, String reason, Optional<String> record, int lookUps, boolean byAll, boolean asksForSender) {}
