package io.postrider.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/postrider}: hands over to the command that is named. Exit code 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "postrider",
        description = "A relay for outbound mail at high volume.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            SinkCommand.class,
            InjectCommand.class,
            QueuesCommand.class,
            MessageCommand.class,
            EventsCommand.class,
            KeyCommand.class,
            UserCommand.class,
            DkimCommand.class,
            DoctorCommand.class,
            SteerCommand.Suspend.class,
            SteerCommand.Resume.class,
            SteerCommand.Retry.class,
            SteerCommand.Cancel.class,
            CheckCommand.class
        },
        footer = {
            "",
            "Every command has --help. Exit code: 0 done, 1 failed, 2 wrong usage.",
            "Start with: postrider demo"
        })
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(execute(writer(System.out), writer(System.err), args));
    }

    /** Runs one command line to its end. @return the exit code */
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpLongOptionsMaxWidth(30)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("postrider " + command.getCommandName() + ": " + reason(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected a command");
    }

    /** What the JDK says by the name of the class alone. */
    private static String inWords(FileSystemException wrong) {
        if (wrong instanceof NoSuchFileException) {
            return "there is no such file, and none can be made";
        }
        if (wrong instanceof FileAlreadyExistsException) {
            return "there is something of this name already";
        }
        return wrong instanceof AccessDeniedException
                ? "permission denied"
                : wrong.getClass().getSimpleName();
    }

    /** What a person can act on; our own failures say it in their message. */
    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return "cannot listen at " + cause.getMessage() + "; another process does, perhaps another node";
            }
        }
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        Throwable cause = failure.getCause();
        if (wrapped && cause != null) {
            return reason(cause);
        }
        if (failure instanceof FileSystemException wrong && wrong.getReason() == null) {
            return wrong.getFile() + ": " + inWords(wrong);
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
