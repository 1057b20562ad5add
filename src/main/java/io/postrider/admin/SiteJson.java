package io.postrider.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.egress.SiteStatus;
import io.postrider.http.Json;
import io.postrider.inquiry.ReplyJson;
import java.util.Comparator;
import java.util.List;

/** Sites as JSON: those with most transports first. */
final class SiteJson {

    private SiteJson() {}

    static ObjectNode list(List<SiteStatus> sites, int limit) {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("sites");
        sites.stream()
                .sorted(Comparator.comparingInt(SiteJson::open).reversed().thenComparing(SiteStatus::site))
                .limit(limit)
                .forEach(site -> list.add(site(site)));
        return answer.put("truncated", sites.size() > limit);
    }

    private static int open(SiteStatus site) {
        return site.sources().stream().mapToInt(SiteStatus.PerSource::open).sum();
    }

    private static ObjectNode site(SiteStatus site) {
        ObjectNode json = Json.object().put("site", site.site()).put("waiting", site.waiting());
        ArrayNode sources = json.putArray("sources");
        site.sources().forEach(source -> sources.addObject()
                .put("source", source.source())
                .put("connections", source.open())
                .put("idle", source.idle())
                .put("connections_limit", source.limit())
                .put("connections_allowed", source.currentLimit())
                .put("rate", source.rate()));
        ArrayNode replies = json.putArray("recent_replies");
        site.recent()
                .forEach(seen -> replies.add(ReplyJson.add(
                        Json.object().put("at", seen.at().toString()).put("mx", seen.host()), seen.reply())));
        return json;
    }
}
