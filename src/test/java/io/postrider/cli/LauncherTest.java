package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/postrider} in a checkout of its own, with a Java and a Maven that say what they were asked. */
class LauncherTest {

    @TempDir
    Path directory;

    private Path home;
    private Path jar;

    @BeforeEach
    void makeACheckout() throws IOException {
        home = Files.createDirectory(directory.resolve("checkout"));
        Files.createDirectories(home.resolve("bin"));
        Files.copy(
                Path.of("bin/postrider"),
                executable(home.resolve("bin/postrider"), ""),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(home.resolve("src/main"));
        Files.createDirectories(home.resolve("target/lib"));
        Files.createFile(home.resolve("pom.xml"));
        jar = Files.createFile(home.resolve("target/postrider.jar"));
        jdk("jdk-21", "21.0.2");
        jdk("jdk-17", "17.0.9");
        executable(directory.resolve("tools/mvn"), "echo mvn \"$@\" >&2");
        older(home);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
    }

    @Test
    void handsOverToTheJdkOfJavaHome() throws Exception {
        assertThat(launch(home.resolve("bin/postrider"), "jdk-21", "queues", "a b"))
                .startsWith("jdk-21 ")
                .contains(" -cp " + jar.toRealPath() + ":")
                .endsWith(" io.postrider.cli.Main queues a b");
    }

    @Test
    void worksThroughASymbolicLinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("pr"), Path.of("checkout/bin/postrider"));

        assertThat(launch(link, "jdk-21", "sink")).contains(" -cp " + jar.toRealPath() + ":");
    }

    @Test
    void passesOverAJdkThatIsTooOld() throws Exception {
        assertThat(launch(home.resolve("bin/postrider"), "jdk-17", "--version")).doesNotStartWith("jdk-17");
    }

    @Test
    void buildsNothingWhileTheJarIsFresh() throws Exception {
        assertThat(launch(home.resolve("bin/postrider"), "jdk-21", "sink")).doesNotContain("mvn");
    }

    @Test
    void buildsWhenASourceIsNewerThanTheJar() throws Exception {
        Path source = Files.createFile(home.resolve("src/main/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));

        assertThat(launch(home.resolve("bin/postrider"), "jdk-21", "sink"))
                .startsWith("postrider: building ")
                .contains("mvn -q -B -Dmaven.test.skip=true package\n");
    }

    @Test
    void givesANodeItsMemoryUnlessToldOtherwise() throws Exception {
        assertThat(launch(home.resolve("bin/postrider"), "jdk-21", "run")).contains(" -XX:+UseParallelGC -Xmx512m ");
    }

    private String launch(Path launcher, String jdk, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", directory.resolve(jdk).toString());
        builder.environment().merge("PATH", directory.resolve("tools") + ":", (path, tools) -> tools + path);
        builder.environment().remove("POSTRIDER_JAVA_OPTS");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    private void jdk(String name, String version) throws IOException {
        executable(directory.resolve(name).resolve("bin/java"), "echo " + name + " \"$@\"");
        Files.writeString(directory.resolve(name).resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    private static Path executable(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void older(Path root) throws IOException {
        for (Path file : List.of(root.resolve("pom.xml"), root.resolve("src/main"))) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        }
    }
}
