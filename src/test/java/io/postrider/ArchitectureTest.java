package io.postrider;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The layers of the house. Imports point downward; within a layer only where it is listed here.
 */
class ArchitectureTest {

    private static final String BASE = "io.postrider";

    /** The root package is the empty name. */
    private static final Map<String, Integer> LAYERS = Map.ofEntries(
            Map.entry("mail", 0),
            Map.entry("smtp", 1),
            Map.entry("mime", 1),
            Map.entry("dkim", 1),
            Map.entry("pem", 1),
            Map.entry("watch", 1),
            Map.entry("event", 1),
            Map.entry("retry", 1),
            Map.entry("bounce", 1),
            Map.entry("store", 2),
            Map.entry("spool", 2),
            Map.entry("journal", 2),
            Map.entry("route", 2),
            Map.entry("sts", 2),
            Map.entry("metrics", 2),
            Map.entry("net", 2),
            Map.entry("tls", 2),
            Map.entry("http", 3),
            Map.entry("record", 3),
            Map.entry("signing", 3),
            Map.entry("user", 3),
            Map.entry("key", 4),
            Map.entry("egress", 3),
            Map.entry("queue", 4),
            Map.entry("doctor", 5),
            Map.entry("inquiry", 5),
            Map.entry("ingress", 5),
            Map.entry("admin", 5),
            Map.entry("", 6),
            Map.entry("cli", 6));

    /** {@code smtp} asks {@code bounce} what a reply means, so that the table of replies stands once. */
    private static final Map<String, Set<String>> WITHIN_A_LAYER = Map.of(
            "smtp", Set.of("bounce"),
            "bounce", Set.of("mime"),
            "spool", Set.of("store"),
            "journal", Set.of("store"),
            "route", Set.of("tls", "sts", "metrics"),
            "sts", Set.of("store", "tls", "metrics"),
            "ingress", Set.of("inquiry"),
            "admin", Set.of("inquiry"),
            "cli", Set.of(""));

    private static final List<String> PURE = List.of("mail", "smtp", "mime", "event", "retry", "bounce");

    private static final Set<String> CALLBACKS = Set.of(
            "whenComplete",
            "whenCompleteAsync",
            "thenAccept",
            "thenAcceptAsync",
            "thenRun",
            "thenRunAsync",
            "handle",
            "handleAsync");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);

    @Test
    void everyPackageHasItsLayer() {
        assertThat(CLASSES.stream().map(ArchitectureTest::room).collect(Collectors.toSet()))
                .isSubsetOf(LAYERS.keySet());
    }

    @TestFactory
    Stream<DynamicTest> importsPointDownward() {
        return LAYERS.keySet().stream()
                .sorted()
                .map(room -> DynamicTest.dynamicTest(room.isEmpty() ? "(root)" : room, () -> classes()
                        .that(areIn(room))
                        .should(dependOnlyOn(room))
                        .allowEmptyShould(true)
                        .check(CLASSES)));
    }

    @Test
    void purePackagesKnowTheJdkAlone() {
        check(
                noClasses()
                        .that(areInAnyOf(PURE))
                        .and()
                        .haveSimpleNameNotEndingWith("Settings")
                        .and()
                        .resideOutsideOfPackages(BASE + ".mime.compose", BASE + ".mime.template")
                        .should()
                        .dependOnClassesThat()
                        .resideOutsideOfPackages("java..", BASE + "..", "org.jspecify.annotations")
                        .because(
                                "what decides is tested without actors, sockets and clocks; settings may read the configuration"));
    }

    @Test
    void settingsOfPurePackagesKnowTheConfigurationBesides() {
        check(noClasses()
                .that(areInAnyOf(PURE))
                .and()
                .resideOutsideOfPackages(BASE + ".mime.compose", BASE + ".mime.template")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", BASE + "..", "org.jspecify.annotations", "com.typesafe.config"));
    }

    @Test
    void oneLibraryBuildsMessagesAndTwoFillInTemplates() {
        check(noClasses()
                .that()
                .resideInAPackage(BASE + ".mime.compose")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java..", BASE + "..", "org.jspecify.annotations", "org.apache.james.mime4j.codec"));
        check(noClasses()
                .that()
                .resideInAPackage(BASE + ".mime.template")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java..",
                        BASE + "..",
                        "org.jspecify.annotations",
                        "com.typesafe.config",
                        "io.pebbletemplates.pebble..",
                        "com.github.jknack.handlebars.."));
    }

    @Test
    void oneLibraryReadsPemAndTwoSign() {
        check(noClasses()
                .that()
                .resideInAnyPackage(BASE + ".pem", BASE + ".dkim")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "java..",
                        BASE + "..",
                        "org.jspecify.annotations",
                        "org.bouncycastle..",
                        "com.amazon.corretto.crypto.provider")
                .allowEmptyShould(true));
    }

    @Test
    void nobodyButTheRootReadsTheClock() {
        check(noClasses()
                .that(areInAnyOf(LAYERS.keySet().stream()
                        .filter(room -> LAYERS.get(room) < 6)
                        .toList()))
                .should()
                .callMethodWhere(readsTheWallClock())
                .because("time comes in with the command, or by an injected InstantSource"));
    }

    @Test
    void purePackagesDoNotEvenMeasureTime() {
        check(noClasses().that(areInAnyOf(PURE)).should().callMethod(System.class, "nanoTime"));
    }

    @Test
    void stateAndHandlersOfQueuesReadNoClock() {
        check(noClasses()
                .that(areIn("queue"))
                .and()
                .haveSimpleNameEndingWith("State")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(InstantSource.class, Clock.class)
                .allowEmptyShould(true));
    }

    @Test
    void actorsTakeNoCallbacksOfFutures() {
        check(noClasses()
                .that()
                .areAssignableTo(AbstractBehavior.class)
                .or()
                .areAssignableTo(EventSourcedBehavior.class)
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "a callback on a future",
                        call -> call.getTargetOwner().isAssignableTo(CompletionStage.class)
                                && CALLBACKS.contains(call.getName())))
                .because("a callback runs on another thread; futures come home by pipeToSelf")
                .allowEmptyShould(true));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    private static DescribedPredicate<JavaCall<?>> readsTheWallClock() {
        Map<String, Set<String>> clocks = Map.of(
                Instant.class.getName(), Set.of("now"),
                System.class.getName(), Set.of("currentTimeMillis"),
                InstantSource.class.getName(), Set.of("system"),
                Clock.class.getName(), Set.of("systemUTC", "systemDefaultZone", "system"));
        return DescribedPredicate.describe("a look at the wall clock", call -> clocks.getOrDefault(
                        call.getTargetOwner().getName(), Set.of())
                .contains(call.getName()));
    }

    private static DescribedPredicate<JavaClass> areIn(String room) {
        return DescribedPredicate.describe("are in " + room, type -> room(type).equals(room));
    }

    private static DescribedPredicate<JavaClass> areInAnyOf(List<String> rooms) {
        return DescribedPredicate.describe("are in any of " + rooms, type -> rooms.contains(room(type)));
    }

    private static ArchCondition<JavaClass> dependOnlyOn(String room) {
        return new ArchCondition<>("depend on lower layers only") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> isOurs(dependency.getTargetClass()))
                        .filter(dependency -> !mayImport(room, room(dependency.getTargetClass())))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static boolean mayImport(String from, String to) {
        return from.equals(to)
                || LAYERS.getOrDefault(to, 6) < LAYERS.getOrDefault(from, 0)
                || WITHIN_A_LAYER.getOrDefault(from, Set.of()).contains(to);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(BASE) || type.getPackageName().startsWith(BASE + ".");
    }

    /** The first name below the base package. */
    private static String room(JavaClass type) {
        String name = type.getPackageName();
        if (name.length() <= BASE.length()) {
            return "";
        }
        String below = name.substring(BASE.length() + 1);
        int dot = below.indexOf('.');
        return dot < 0 ? below : below.substring(0, dot);
    }
}
