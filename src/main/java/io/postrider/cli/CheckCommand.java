package io.postrider.cli;

import io.postrider.ConfigurationCheck;
import io.postrider.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postrider check}: looks at a configuration without starting anything. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Says what is wrong or unwise in a configuration, with file and line, and starts nothing. Exit code 0"
                        + " when nothing is wrong, also when something is unwise.")
final class CheckCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration = new ConfigurationOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Terminal terminal = Terminal.standard(out);
        List<Finding> findings = ConfigurationCheck.check(configuration.file(), configuration.overrides());
        for (Finding finding : findings) {
            terminal.line((finding.isError() ? terminal.red("wrong   ") : "unwise  ") + finding);
        }
        boolean usable = findings.stream().noneMatch(Finding::isError);
        if (findings.isEmpty()) {
            terminal.line(configuration.file().map(Object::toString).orElse("The defaults") + ": nothing to be said");
        }
        return usable ? 0 : 1;
    }
}
