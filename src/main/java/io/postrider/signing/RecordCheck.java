package io.postrider.signing;

import io.postrider.dkim.PublishedKey;
import io.postrider.dkim.SigningKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares what DNS holds with the key that signs, in plain words. */
public final class RecordCheck {

    /**
     * @param words what is wrong and what to do
     * @param breaks whether receivers do not find the key, or must not rely on it
     */
    public record Problem(String words, boolean breaks) {}

    private RecordCheck() {}

    /**
     * What is wrong, each with what to do; empty when receivers find the right key.
     *
     * @param texts of the TXT records at the key's name
     * @param below whether {@code i=} is below {@code d=}
     */
    public static List<Problem> problems(SigningKey key, List<String> texts, boolean below) {
        if (texts.isEmpty()) {
            return List.of(broken("there is no TXT record: publish the one below"));
        }
        List<PublishedKey> published = new ArrayList<>();
        for (String text : texts) {
            PublishedKey.parse(text).ifPresent(published::add);
        }
        if (published.isEmpty()) {
            return List.of(broken(
                    "what is there is no DKIM key (" + shortened(texts.get(0)) + "): replace it by the one below"));
        }
        List<Problem> problems = new ArrayList<>();
        if (published.size() > 1) {
            problems.add(unwise("there are " + published.size()
                    + " keys; receivers take any one of them: leave one (RFC 6376" + " §3.6.2.2)"));
        }
        Optional<PublishedKey> ours =
                published.stream().filter(one -> one.belongsTo(key)).findFirst();
        if (ours.isEmpty()) {
            problems.add(broken(
                    published.get(0).isRevoked()
                            ? "the key there is revoked (p= is empty): publish the one below, better under a new selector"
                            : "the key there is another one ("
                                    + published.get(0).type()
                                    + "): publish the one below, or sign with the key that belongs to it"));
            return problems;
        }
        PublishedKey found = ours.get();
        if (!found.forMail()) {
            problems.add(broken("the record is not for mail: take s= out"));
        }
        if (!found.takesSha256()) {
            problems.add(broken("the record forbids SHA-256: take h= out"));
        }
        if (found.testing()) {
            problems.add(unwise("the record says that signatures are only a test (t=y): take it out once all is well"));
        }
        if (found.exact() && below) {
            problems.add(
                    broken("the record forbids an i= below the domain (t=s), which identity says: take either out"));
        }
        return problems;
    }

    private static Problem broken(String words) {
        return new Problem(words, true);
    }

    private static Problem unwise(String words) {
        return new Problem(words, false);
    }

    private static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
