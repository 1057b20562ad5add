package io.postrider.dkim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second implementation: dkimpy, Debian's python3-dkim with python3-nacl. */
public final class Dkimpy {

    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private static final String SCRIPT =
            """
            import dkim, sys
            keys = dict(line.rstrip('\\n').split(' ', 1) for line in open(sys.argv[1]))
            def dns(name, timeout=5):
                return keys.get(name.decode().rstrip('.'), '').encode()
            def holds(message, i):
                try:
                    return message.verify(idx=i, dnsfunc=dns)
                except dkim.DKIMException:
                    return False
            for path in sys.argv[2:]:
                message = dkim.DKIM(open(path, 'rb').read())
                count = sum(1 for name, value in message.headers if name.lower() == b'dkim-signature')
                print(path, sum(1 for i in range(count) if holds(message, i)), count)
            """;

    private Dkimpy() {}

    public static boolean isThere() throws IOException, InterruptedException {
        return Files.exists(PYTHON)
                && new ProcessBuilder(PYTHON.toString(), "-c", "import dkim, nacl")
                                .start()
                                .waitFor()
                        == 0;
    }

    /**
     * A line per message: its file, how many signatures hold, and how many there are.
     *
     * @param keys a file with a line per record: name, blank, text
     */
    public static List<String> verify(Path keys, List<Path> messages) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-c", SCRIPT, keys.toString()));
        messages.forEach(message -> command.add(message.toString()));
        return run(command);
    }

    static List<String> run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("said", "");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("exit code " + code + ": " + Files.readString(out, StandardCharsets.ISO_8859_1));
            }
            return Files.readAllLines(out, StandardCharsets.ISO_8859_1);
        } finally {
            Files.delete(out);
        }
    }
}
