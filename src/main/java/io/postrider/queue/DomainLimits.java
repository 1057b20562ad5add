package io.postrider.queue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.postrider.mail.Domain;
import io.postrider.retry.Rate;
import io.postrider.retry.RetrySchedule;
import io.postrider.retry.RetrySettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code egress.per-domain} and {@code retry} say, by domain. */
public record DomainLimits(Limits usual, Map<Domain, Limits> byDomain) {

    private static final String DEFAULT = "default";

    /**
     * @param giveUpAfter an own one of the domain, which ends its messages earlier than intake said
     */
    public record Limits(Rate rate, RetrySchedule retry, Optional<Duration> giveUpAfter) {}

    public DomainLimits {
        byDomain = Map.copyOf(byDomain);
    }

    /** @param postrider the whole {@code postrider} section */
    public static DomainLimits from(Config postrider) {
        Config perDomain = postrider.getConfig("egress.per-domain");
        Config retry = postrider.getConfig("retry");
        Config usual = perDomain.getConfig(DEFAULT);
        Map<Domain, Limits> byDomain = new HashMap<>();
        for (String name : perDomain.root().keySet()) {
            if (name.equals(DEFAULT)) {
                continue;
            }
            String key = "postrider.egress.per-domain.\"" + name + "\"";
            Domain domain = Domain.parse(name)
                    .orElseThrow(() -> new IllegalArgumentException(key + ": expected a domain as the name"));
            byDomain.put(
                    domain,
                    limits(key, perDomain.getConfig(ConfigUtil.joinPath(name)).withFallback(usual), retry));
        }
        return new DomainLimits(limits("postrider.egress.per-domain.default", usual, retry), byDomain);
    }

    Limits of(Domain domain) {
        return byDomain.getOrDefault(domain, usual);
    }

    private static Limits limits(String key, Config config, Config retry) {
        boolean own = config.hasPath("retry");
        Config merged = own ? config.getConfig("retry").withFallback(retry) : retry;
        try {
            int burst = config.hasPath("burst") ? config.getInt("burst") : 0;
            Rate rate = Rate.parse(config.getString("rate"), burst == 0 ? Optional.empty() : Optional.of(burst));
            RetrySchedule schedule = RetrySettings.from(merged).schedule();
            boolean ownEnd = own && config.hasPath("retry.give-up-after");
            return new Limits(rate, schedule, ownEnd ? Optional.of(schedule.giveUpAfter()) : Optional.empty());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(key + ": " + wrong.getMessage(), wrong);
        }
    }
}
