package io.postrider.ingress.http.docs;

/** Text as HTML. */
final class Text {

    private Text() {}

    /** For the content of elements and of attributes in double quotes. */
    static String escaped(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                default -> html.append(c);
            }
        }
        return html.toString();
    }

    /** Of CommonMark what the descriptions use: {@code `code`}. */
    static String line(String text) {
        StringBuilder html = new StringBuilder(text.length() + 32);
        boolean code = false;
        for (String part : escaped(text).split("`", -1)) {
            html.append(code ? "<code>" + part + "</code>" : part);
            code = !code;
        }
        return html.toString();
    }

    /** The same with blank lines between paragraphs. */
    static String paragraphs(String text) {
        StringBuilder html = new StringBuilder(text.length() + 64);
        if (!text.isEmpty()) {
            for (String paragraph : text.split("\n\n", -1)) {
                html.append("<p>").append(line(paragraph)).append("</p>\n");
            }
        }
        return html.toString();
    }
}
