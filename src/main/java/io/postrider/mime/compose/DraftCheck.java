package io.postrider.mime.compose;

import io.postrider.mime.compose.Composition.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a draft and collects all that is wrong with it, and what has been read on the way. */
final class DraftCheck {

    private static final int LONGEST_ID = 250;

    private final List<Fault> faults = new ArrayList<>(0);
    private boolean needsSmtpUtf8;

    List<Fault> faults() {
        return faults;
    }

    boolean needsSmtpUtf8() {
        return needsSmtpUtf8;
    }

    /** The address, or empty with a fault noted. The name is checked too. */
    Optional<Address> address(String pointer, NamedAddress named) {
        if (!named.name().isEmpty()) {
            plain(pointer + "/name", named.name());
        }
        return address(pointer + "/email", named.email());
    }

    List<Address> addresses(String pointer, List<NamedAddress> named) {
        if (named.isEmpty()) {
            return List.of();
        }
        List<Address> addresses = new ArrayList<>(named.size());
        for (int i = 0; i < named.size(); i++) {
            address(pointer + '/' + i, named.get(i)).ifPresent(addresses::add);
        }
        return addresses;
    }

    /** The value of a custom field, by the policy for its name. */
    void fields(List<CustomField> fields) {
        Set<String> single = new HashSet<>();
        for (CustomField field : fields) {
            String key = FieldPolicy.key(field.name());
            String pointer = "/headers/" + field.name().replace("~", "~0").replace("/", "~1");
            Optional<String> refusal = FieldPolicy.fault(key);
            if (refusal.isPresent()) {
                faults.add(new Fault(Plain.fault(pointer).isEmpty() ? pointer : "/headers", refusal.get()));
                continue;
            }
            plain(pointer, field.value());
            if (FieldPolicy.isSingle(key) && !single.add(key)) {
                faults.add(new Fault(pointer, "there may be only one header of this name"));
            }
            if (FieldPolicy.isAddress(key)) {
                address(pointer, field.value());
            } else if (FieldPolicy.isOfWords(key)) {
                words(pointer, field.value());
            }
        }
    }

    /** What the attachments are; one for each, if there are no faults. */
    List<MediaType> attachments(List<Attachment> attachments) {
        if (attachments.isEmpty()) {
            return List.of();
        }
        List<MediaType> types = new ArrayList<>(attachments.size());
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < attachments.size(); i++) {
            Attachment attachment = attachments.get(i);
            String pointer = "/attachments/" + i;
            plain(pointer + "/filename", attachment.filename());
            Optional<MediaType> type = mediaType(pointer + "/content_type", attachment.contentType());
            type.ifPresent(types::add);
            String id = attachment.contentId();
            if (!id.isEmpty()) {
                id(pointer + "/content_id", id);
                if (!ids.add(id)) {
                    faults.add(new Fault(pointer + "/content_id", "another attachment has this content id"));
                }
            }
        }
        return types;
    }

    void id(String pointer, String id) {
        boolean fits = !id.isEmpty() && id.length() <= LONGEST_ID;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            fits &= c > ' ' && c <= '~' && c != '<' && c != '>';
        }
        if (!fits) {
            faults.add(new Fault(
                    pointer,
                    "expected 1 to " + LONGEST_ID + " printable ASCII characters without spaces and angle brackets"));
        }
    }

    void plain(String pointer, String text) {
        Plain.fault(text).ifPresent(detail -> faults.add(new Fault(pointer, detail)));
    }

    void body(String pointer, Optional<String> text) {
        text.flatMap(Plain::bodyFault).ifPresent(detail -> faults.add(new Fault(pointer, detail)));
    }

    private Optional<Address> address(String pointer, String email) {
        Optional<String> fault = Plain.fault(email);
        if (fault.isPresent()) {
            faults.add(new Fault(pointer, fault.get()));
            return Optional.empty();
        }
        Optional<Address> address = Address.parse(email);
        if (address.isEmpty()) {
            faults.add(new Fault(pointer, "expected an address such as user@example.com"));
        } else {
            needsSmtpUtf8 |= address.get().isUtf8();
        }
        return address;
    }

    private void words(String pointer, String value) {
        boolean fits = !value.isBlank() && Plain.isAscii(value);
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == ' ') {
                fits &= i - start <= FieldWriter.LONGEST_WORD;
                start = i + 1;
            }
        }
        if (!fits) {
            faults.add(new Fault(
                    pointer,
                    "expected ASCII with no more than " + FieldWriter.LONGEST_WORD
                            + " characters between spaces; links are percent-encoded"));
        }
    }

    private Optional<MediaType> mediaType(String pointer, String text) {
        if (text.isEmpty()) {
            return Optional.of(MediaType.OCTETS);
        }
        Optional<MediaType> type = Plain.fault(text).isEmpty() ? MediaType.parse(text) : Optional.empty();
        if (type.isEmpty()) {
            faults.add(new Fault(pointer, "expected a content type such as image/png, but not multipart"));
        }
        return type;
    }
}
