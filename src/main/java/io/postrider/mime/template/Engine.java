package io.postrider.mime.template;

import io.postrider.mime.template.Values.ObjectValue;
import java.io.IOException;

/** One dialect. For all threads. */
interface Engine {

    /** May throw anything: a template can be wrong in more ways than a library foresees. */
    Compiled compile(String template, boolean escapeHtml) throws IOException;

    /** Where {@code thrown} points to, and what the author may read of it. */
    Rendering.Failed failed(Throwable thrown);

    /** For all threads. */
    interface Compiled {
        void run(ObjectValue values, Sheet sheet) throws IOException;
    }
}
