package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Simulation;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Workload.Service;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The classes of a scenario's simulations, compiled where they are sources, and seen to be what they must be. Nothing of theirs is run here. What was
 * compiled is in a directory that goes with this. For use by one thread.
 */
public final class SimulationClasses implements AutoCloseable {
    private static final String OUR_WORDS = "dev/rehearsal/load/dsl/SqlDsl";
    private static final String HTTP_WORDS = "io/gatling/javaapi/http/";

    private final Scenario scenario;
    private final Optional<JavaCompiler> compiler;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Path> classPath = new ArrayList<>();
    private final List<Path> compiled = new ArrayList<>();

    private SimulationClasses(Scenario scenario, Optional<JavaCompiler> compiler) {
        this.scenario = scenario;
        this.compiler = compiler;
    }

    /** @throws InvalidScenarioException with everything that is wrong with the simulations */
    public static SimulationClasses of(Scenario scenario) throws InvalidScenarioException, EnvironmentException {
        return of(scenario, Optional.ofNullable(ToolProvider.getSystemJavaCompiler()));
    }

    /** @param compiler of the running Java, if it has one */
    static SimulationClasses of(Scenario scenario, Optional<JavaCompiler> compiler)
            throws InvalidScenarioException, EnvironmentException {
        SimulationClasses classes = new SimulationClasses(scenario, compiler);
        try {
            List<Service> services = scenario.workload().services();
            for (int i = 0; i < services.size(); i++) {
                if (services.get(i).simulation().isPresent()) {
                    classes.add(services.get(i).simulation().get(), "workload.services[" + i + "].");
                }
            }
        } catch (IOException e) {
            classes.close();
            throw new EnvironmentException(
                    "a simulation cannot be compiled: " + e, "Make the directory for temporary files writable.", e);
        }
        if (!classes.problems.isEmpty()) {
            classes.close();
            throw new InvalidScenarioException(classes.problems);
        }
        return classes;
    }

    /** To be put behind the injector's own. */
    public List<Path> classPath() {
        return List.copyOf(classPath);
    }

    private void add(Simulation simulation, String path) throws IOException {
        List<Path> own = switch (simulation.form()) {
            case JAR -> List.of(simulation.path());
            case SOURCE ->
                compile(simulation.path(), path + simulation.form().word())
                        .map(classes -> List.of(classes, simulation.path()))
                        .orElse(List.of());
        };
        if (!own.isEmpty()) {
            own.stream().filter(each -> !classPath.contains(each)).forEach(classPath::add);
            unfit(simulation, own)
                    .or(() -> otherKind(simulation, own))
                    .ifPresent(message -> problem(path + "simulation", message));
        }
    }

    /** Whether its requests could be timed at all: only those of our words, or of Gatling's for HTTP, are. */
    private static Optional<String> otherKind(Simulation simulation, List<Path> own) {
        boolean talksHttp = mentions(own, HTTP_WORDS);
        if (simulation.http().isPresent()) {
            return talksHttp
                    ? Optional.empty()
                    : Optional.of("nothing in " + simulation.path()
                            + " talks HTTP, so that nothing of it could be timed; remove http, or name a simulation that"
                            + " uses io.gatling.javaapi.http");
        }
        if (mentions(own, OUR_WORDS)) {
            return Optional.empty();
        }
        return Optional.of("nothing in " + simulation.path()
                + " uses dev.rehearsal.load.dsl, so that nothing of it could be timed; "
                + (talksHttp
                        ? "it talks HTTP: say to what, http: { command: …, ready: … }"
                        : "write its transactions with that, or with io.gatling.javaapi.http"));
    }

    /** Whether a class in these places names another: as its file has it, without loading any. */
    private static boolean mentions(List<Path> own, String name) {
        for (Path place : own) {
            try {
                if (Files.isDirectory(place) ? mentionsInFolder(place, name) : mentionsInJar(place, name)) {
                    return true;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return false;
    }

    private static boolean mentionsInFolder(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.toString().endsWith(".class"))::iterator) {
                if (mentions(Files.readAllBytes(file), name)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean mentionsInJar(Path jar, String name) throws IOException {
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) file.stream().map(ZipEntry.class::cast)::iterator) {
                if (entry.getName().endsWith(".class")) {
                    try (InputStream bytes = file.getInputStream(entry)) {
                        if (mentions(bytes.readAllBytes(), name)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    private static boolean mentions(byte[] classFile, String name) {
        return new String(classFile, StandardCharsets.ISO_8859_1).contains(name);
    }

    /** @return the directory of the classes; empty if there are none, which was reported */
    private Optional<Path> compile(Path sources, String path) throws IOException {
        if (compiler.isEmpty()) {
            problem(path, "cannot be compiled: this Java has no compiler; start the harness with a JDK, or name a jar");
            return Optional.empty();
        }
        List<Path> files;
        try (Stream<Path> tree = Files.walk(sources)) {
            files = tree.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
        Path classes = Files.createTempDirectory("harness-simulation");
        compiled.add(classes);
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager =
                compiler.get().getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-d",
                    classes.toString(),
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "-proc:none",
                    "-nowarn");
            boolean done = compiler.get()
                    .getTask(null, manager, said, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call();
            if (done) {
                return Optional.of(classes);
            }
        }
        for (Diagnostic<? extends JavaFileObject> each : said.getDiagnostics()) {
            if (each.getKind() == Diagnostic.Kind.ERROR) {
                problems.add(problem(each, path));
            }
        }
        return Optional.empty();
    }

    private Problem problem(Diagnostic<? extends JavaFileObject> said, String path) throws IOException {
        String message = "does not compile: "
                + said.getMessage(Locale.ROOT)
                        .lines()
                        .map(String::strip)
                        .reduce((a, b) -> a + "; " + b)
                        .orElse("");
        if (said.getSource() == null || said.getLineNumber() == Diagnostic.NOPOS) {
            return new Problem(location(path), path, message, line(location(path)));
        }
        int line = (int) said.getLineNumber();
        Path file = Path.of(said.getSource().toUri());
        String text = Files.readAllLines(file).get(line - 1);
        return new Problem(
                new SourceLocation(file.toString(), line, (int) said.getColumnNumber()), path, message, text);
    }

    private static Optional<String> unfit(Simulation simulation, List<Path> own) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path each : own) {
            urls.add(each.toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), SimulationClasses.class.getClassLoader())) {
            return unfit(Class.forName(simulation.className(), false, loader));
        } catch (ClassNotFoundException e) {
            return Optional.of("there is no class " + simulation.className() + " in " + simulation.path());
        } catch (LinkageError e) {
            return Optional.of("the class " + simulation.className() + " cannot be loaded: " + e
                    + "; what it needs must be in the jar");
        }
    }

    private static Optional<String> unfit(Class<?> type) {
        if (!io.gatling.javaapi.core.Simulation.class.isAssignableFrom(type)) {
            return Optional.of("the class " + type.getName() + " does not extend io.gatling.javaapi.core.Simulation");
        }
        boolean makeable = Modifier.isPublic(type.getModifiers())
                && !Modifier.isAbstract(type.getModifiers())
                && Stream.of(type.getConstructors()).anyMatch(each -> each.getParameterCount() == 0);
        return makeable
                ? Optional.empty()
                : Optional.of("the class " + type.getName()
                        + " must be public, not abstract, and have a public constructor without parameters");
    }

    private void problem(String path, String message) {
        problems.add(new Problem(location(path), path, message, line(location(path))));
    }

    private SourceLocation location(String path) {
        return scenario.sources()
                .of(path)
                .orElse(new SourceLocation(scenario.file().toString(), 1, 1));
    }

    private String line(SourceLocation location) {
        List<String> lines = scenario.sources().lines();
        return location.line() <= lines.size() ? lines.get(location.line() - 1) : "";
    }

    /** Removes what was compiled. */
    @Override
    public void close() {
        for (Path directory : compiled) {
            try (Stream<Path> tree = Files.walk(directory)) {
                tree.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            } catch (IOException e) {
                // Left to whoever clears the directory for temporary files.
            }
        }
    }
}
