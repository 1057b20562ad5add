package io.postrider.sts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The TXT record at {@code _mta-sts}, which says that there is a policy, and which version of it (RFC 8461 §3.1). */
final class PolicyId {

    private static final Pattern BEGINNING = Pattern.compile("v=STSv1[ \t]*;.*", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[!-:<>-~]+");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,32}");

    private PolicyId() {}

    /**
     * The id of the one record that there must be; empty when there is none, more than one, or one that cannot be read.
     *
     * @param texts all that stands at the name, each with its strings joined
     */
    static Optional<String> of(List<String> texts) {
        List<String> records = new ArrayList<>();
        for (String text : texts) {
            if (BEGINNING.matcher(text).matches()) {
                records.add(text);
            }
        }
        return records.size() == 1 ? id(records.get(0)) : Optional.empty();
    }

    private static Optional<String> id(String record) {
        Optional<String> id = Optional.empty();
        String[] fields = record.split(";", -1);
        for (int i = 1; i < fields.length; i++) {
            String field = fields[i].strip();
            boolean end = i == fields.length - 1 && field.isEmpty();
            if (!end && !FIELD.matcher(field).matches()) {
                return Optional.empty();
            }
            if (field.startsWith("id=") && id.isEmpty()) {
                id = Optional.of(field.substring(3));
            }
        }
        return id.filter(text -> ID.matcher(text).matches());
    }
}
