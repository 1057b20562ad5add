package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.http.Problem.Fault;
import io.postrider.ingress.http.MessageRequest.Personal;
import io.postrider.mime.compose.CustomField;
import io.postrider.mime.template.Rendering;
import io.postrider.mime.template.Templates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words of a message, with what its recipient brings along filled in. */
record Filling(String subject, Optional<String> text, Optional<String> html, List<CustomField> fields) {

    /** The words as they stand in the request. */
    static Filling plain(MessageRequest request) {
        return new Filling(request.subject(), request.text(), request.html(), request.fields());
    }

    /**
     * For one recipient; {@code name} and {@code email} are there to be filled in unless they are set otherwise.
     *
     * @param place of the recipient in the request
     * @throws Problem 422 when a template fails
     */
    static Filling personal(MessageRequest request, Personal recipient, int place, Templates templates) {
        Map<String, Object> values = new HashMap<>();
        values.put("name", recipient.to().name());
        values.put("email", recipient.to().email());
        values.putAll(recipient.substitutions());
        Pen pen = new Pen(templates.run(request.dialect(), values), place);
        List<CustomField> fields = new ArrayList<>(request.fields().size());
        for (CustomField field : request.fields()) {
            String pointer = "/headers/" + field.name().replace("~", "~0").replace("/", "~1");
            fields.add(new CustomField(field.name(), pen.line(pointer, field.value())));
        }
        return new Filling(
                pen.line("/subject", request.subject()),
                request.text().map(text -> pen.write("/text", text, false)),
                request.html().map(html -> pen.write("/html", html, true)),
                fields);
    }

    /** Says for whom a message was that could not be made: what is wrong may come from there. */
    static Fault madeFor(int place) {
        return new Fault("/recipients/" + place, "the message for this recipient could not be made");
    }

    private record Pen(Templates.Run run, int place) {

        String line(String pointer, String template) {
            String line = write(pointer, template, false);
            if (line.length() > MessageJson.LONGEST_LINE) {
                throw failed(pointer, "a header may have at most " + MessageJson.LONGEST_LINE + " characters");
            }
            if (JsonInput.hasControl(line)) {
                throw failed(pointer, "a value brings a line break or another control character into a header");
            }
            return line;
        }

        String write(String pointer, String template, boolean html) {
            return switch (run.fill(template, html)) {
                case Rendering.Rendered rendered -> rendered.text();
                case Rendering.Failed failed ->
                    throw failed(
                            pointer,
                            failed.line() > 0 ? "line " + failed.line() + ": " + failed.detail() : failed.detail());
            };
        }

        /** The template may be at fault or what this recipient brings along: both places are named. */
        private Problem failed(String pointer, String detail) {
            return Problem.invalid(
                    "template_failed",
                    "a template could not be filled in",
                    List.of(new Fault(pointer, detail), madeFor(place)));
        }
    }
}
