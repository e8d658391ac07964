package dev.rehearsal;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The directions between packages, and one door for each third-party library.
 *
 * <p>A rule about a package without classes says nothing. So {@link #PACKAGES_PRESENT} names the packages that exist,
 * {@link #packagesPresentAreThePackagesThatExist} fails as soon as that list and the tree differ, and
 * {@link #everyPackageHasItsDirections} as soon as a package appears that no direction is written for.
 */
class ArchitectureTest {

    private static final String ROOT = "dev.rehearsal.";

    /** Every package of the product that has classes today. Add to it when you add a package. */
    private static final Set<String> PACKAGES_PRESENT = Set.of(
            "cli",
            "compare",
            "dataset",
            "documentation",
            "drill",
            "engine",
            "environment",
            "fault",
            "inspect",
            "load",
            "measure",
            "migration",
            "plan",
            "profile",
            "proxy",
            "rehearsal",
            "report",
            "run",
            "scenario",
            "verdict");

    /**
     * What each package may use of this project. The doers (environment, load, fault, migration, measure) do not know
     * each other, except that load and migration write to measure. The proxy is a leaf.
     */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            allows("scenario"),
            allows("dataset", "scenario"),
            allows("profile", "scenario"),
            allows("run", "scenario"),
            allows("verdict", "run", "scenario"),
            allows("compare", "verdict", "run", "scenario"),
            allows("report", "compare", "verdict", "run", "scenario"),
            allows("documentation", "report"),
            allows("proxy"),
            allows("engine", "run", "scenario"),
            allows("environment", "proxy", "engine", "dataset", "run", "scenario"),
            allows("measure", "engine", "run", "scenario"),
            allows("load", "measure", "engine", "dataset", "run", "scenario"),
            allows("fault", "engine", "run", "scenario"),
            allows("migration", "measure", "engine", "run", "scenario"),
            allows("inspect", "run", "scenario"),
            allows("plan", "scenario"),
            allows(
                    "drill",
                    "environment",
                    "load",
                    "fault",
                    "migration",
                    "measure",
                    "engine",
                    "dataset",
                    "run",
                    "scenario"),
            allows(
                    "rehearsal",
                    "drill",
                    "inspect",
                    "plan",
                    "environment",
                    "load",
                    "fault",
                    "migration",
                    "measure",
                    "engine",
                    "dataset",
                    "run",
                    "scenario"),
            allows(
                    "cli",
                    "rehearsal",
                    "load",
                    "inspect",
                    "plan",
                    "environment",
                    "engine",
                    "dataset",
                    "profile",
                    "report",
                    "compare",
                    "verdict",
                    "run",
                    "scenario"));

    /** A library's packages, and the only package of ours that sees them. */
    private record Door(String library, String owner) {
        @Override
        public String toString() {
            return library + " is seen by " + owner + " alone";
        }
    }

    private static final List<Door> DOORS = List.of(
            new Door("info.picocli..", "cli"),
            new Door("picocli..", "cli"),
            new Door("eu.rekawek.toxiproxy..", "fault"),
            new Door("io.gatling..", "load"),
            new Door("com.zaxxer.hikari..", "load"),
            new Door("io.zonky..", "environment"),
            new Door("de.siegmar.fastcsv..", "engine"),
            new Door("org.apache.commons.compress..", "environment"),
            new Door("org.tukaani.xz..", "environment"),
            new Door("org.testcontainers..", "environment"),
            new Door("com.github.dockerjava..", "environment"),
            new Door("org.flywaydb..", "migration"),
            new Door("liquibase..", "migration"),
            new Door("net.datafaker..", "dataset"),
            new Door("gg.jte..", "report"),
            new Door("org.commonmark..", "documentation"),
            new Door("com.networknt.schema..", "scenario"));

    /** The injector's JVM ends itself and speaks to its parent over its own streams. */
    private static final DescribedPredicate<JavaClass> INJECTOR_MAIN = resideInAnyPackage(ROOT + "load..")
            .and(DescribedPredicate.describe(
                    "is the injector's main class", type -> type.getSimpleName().equals("InjectorMain")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains(ChildJvms.TESTS_JAR))
            .importPackages("dev.rehearsal");

    @Test
    void packagesPresentAreThePackagesThatExist() {
        Set<String> existing = CLASSES.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .map(ArchitectureTest::packageOf)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(existing).isEqualTo(new TreeSet<>(PACKAGES_PRESENT));
    }

    @Test
    void everyPackageHasItsDirections() {
        assertThat(MAY_USE.keySet()).containsAll(PACKAGES_PRESENT);
    }

    static Stream<String> packagesPresent() {
        return PACKAGES_PRESENT.stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packagesPresent")
    void usesOnlyWhatItMay(String name) {
        String[] forbidden = MAY_USE.keySet().stream()
                .filter(other -> !other.equals(name))
                .filter(other -> !MAY_USE.getOrDefault(name, Set.of()).contains(other))
                .map(ArchitectureTest::pattern)
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(pattern(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(false)
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    static Stream<Door> doors() {
        return DOORS.stream();
    }

    @ParameterizedTest
    @MethodSource("doors")
    void eachLibraryHasOneDoor(Door door) {
        noClasses()
                .that(resideOutsideOfPackages(pattern(door.owner())))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(door.library())
                .allowEmptyShould(PACKAGES_PRESENT.equals(Set.of(door.owner())))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineAndTheInjectorEndTheProcess() {
        noClasses()
                .that(resideOutsideOfPackages(ROOT + "cli.."))
                .and(DescribedPredicate.not(INJECTOR_MAIN))
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .allowEmptyShould(PACKAGES_PRESENT.equals(Set.of("cli")))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineAndTheInjectorTouchTheProcessStreams() {
        noClasses()
                .that(resideOutsideOfPackages(ROOT + "cli.."))
                .and(DescribedPredicate.not(INJECTOR_MAIN))
                .should()
                .accessTargetWhere(PROCESS_STREAM)
                .allowEmptyShould(PACKAGES_PRESENT.equals(Set.of("cli")))
                .check(CLASSES);
    }

    private static final DescribedPredicate<JavaAccess<?>> PROCESS_STREAM =
            DescribedPredicate.describe("System.in, out or err, or printStackTrace()", access -> {
                boolean stream = access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("in", "out", "err").contains(access.getName());
                return stream || access.getTarget().getFullName().endsWith(".printStackTrace()");
            });

    private static Map.Entry<String, Set<String>> allows(String name, String... others) {
        return Map.entry(name, Set.of(others));
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()).replaceAll("\\..*", "") : name;
    }

    private static String pattern(String name) {
        return ROOT + name + "..";
    }
}
