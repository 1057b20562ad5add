package io.postrider.signing;

import io.postrider.dkim.Signer;
import io.postrider.dkim.SigningKey;
import io.postrider.mail.Domain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the signers for an author: those for its very domain, else those for the nearest domain above with {@code *.}, else
 * those for {@code *}. At each of these steps a tenant's own signers come before those without a tenant.
 */
public final class SignerTable {

    private record Entry(SignerSettings settings, SigningKey key) {}

    private final Map<String, List<Entry>> exact = new HashMap<>();
    private final Map<String, List<Entry>> below = new HashMap<>();

    /** @param keys in the order of the signers */
    public SignerTable(List<SignerSettings> signers, List<SigningKey> keys) {
        for (int i = 0; i < signers.size(); i++) {
            SignerSettings signer = signers.get(i);
            Map<String, List<Entry>> map = signer.isWild() ? below : exact;
            map.computeIfAbsent(signer.stem(), stem -> new ArrayList<>()).add(new Entry(signer, keys.get(i)));
        }
    }

    /** Empty when none is for this author. */
    public List<Signer> find(Domain author, String tenant) {
        List<Signer> found = ofTenant(exact.getOrDefault(author.name(), List.of()), author, tenant);
        String name = author.name();
        for (int dot = name.indexOf('.'); found.isEmpty() && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            found = ofTenant(below.getOrDefault(name.substring(dot + 1), List.of()), author, tenant);
        }
        return found.isEmpty() && !author.isLiteral()
                ? ofTenant(below.getOrDefault("*", List.of()), author, tenant)
                : found;
    }

    private static List<Signer> ofTenant(List<Entry> entries, Domain author, String tenant) {
        List<Signer> own = new ArrayList<>(entries.size());
        List<Signer> common = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            String whose = entry.settings.tenant();
            if (whose.isEmpty()) {
                common.add(entry.settings.signer(entry.key, author));
            } else if (whose.equals(tenant)) {
                own.add(entry.settings.signer(entry.key, author));
            }
        }
        return own.isEmpty() ? common : own;
    }
}
