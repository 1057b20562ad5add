package io.postrider.doctor;

import io.postrider.route.DnsRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A DNS in memory. A name without records does not exist unless there is one below it. */
public final class TableDns implements DnsRecords {

    private record Key(String name, Kind kind) {}

    private final Map<Key, List<String>> records = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> failing = new HashSet<>();
    private final List<String> asked = new ArrayList<>();

    /** One record a line: {@code example.com MX 10 mx.example.com}. */
    public TableDns with(String lines) {
        lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
            String[] parts = line.split(" +", 3);
            record(parts[0], Kind.valueOf(parts[1]), parts[2]);
        });
        return this;
    }

    public TableDns record(String name, Kind kind, String value) {
        records.computeIfAbsent(new Key(name, kind), key -> new ArrayList<>()).add(value);
        for (String above = name; !above.isEmpty(); above = above.substring(above.indexOf('.') + 1)) {
            if (!names.add(above) || above.indexOf('.') < 0) {
                break;
            }
        }
        return this;
    }

    public TableDns failing(String name) {
        failing.add(name);
        return this;
    }

    /** In order: {@code "example.com MX"}. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public Found find(String name, Kind kind) {
        asked.add(name + " " + kind);
        if (failing.contains(name)) {
            return new Found.Unknown("SERVFAIL from a table");
        }
        List<String> values = records.get(new Key(name, kind));
        return values == null ? new Found.None(names.contains(name)) : new Found.Records(values);
    }
}
