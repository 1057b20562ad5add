package io.postrider.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A password from whoever types it, or from a pipe; never from the command line, which everybody on the machine can see. */
final class Password {

    private Password() {}

    /**
     * @param twice whether a person has to repeat it
     * @throws IOException when there is none, or the two differ
     */
    static String ask(String prompt, boolean twice) throws IOException {
        Optional<Console> console = Optional.ofNullable(System.console()).filter(Password::isTerminal);
        return console.isPresent() ? typed(console.get(), prompt, twice) : piped();
    }

    /** From JDK 22 on there is a console also where nobody types, and this method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException olderJdk) {
            return true;
        } catch (ReflectiveOperationException broken) {
            return false;
        }
    }

    private static String typed(Console console, String prompt, boolean twice) throws IOException {
        char[] first = Optional.ofNullable(console.readPassword("%s", prompt)).orElse(new char[0]);
        char[] second =
                twice ? Optional.ofNullable(console.readPassword("Once more: ")).orElse(new char[0]) : first;
        if (!Arrays.equals(first, second)) {
            throw new IOException("the two differ; nothing was changed");
        }
        return new String(first);
    }

    private static String piped() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return Optional.ofNullable(in.readLine())
                .orElseThrow(() -> new IOException("expected the password in the first line of standard input"));
    }
}
