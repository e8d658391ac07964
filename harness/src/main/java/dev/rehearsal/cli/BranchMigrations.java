package dev.rehearsal.cli;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.AddedMigrations;
import dev.rehearsal.scenario.ChangeSets;
import dev.rehearsal.scenario.MigrationSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What the working tree has that its branch did not have where it left another, committed or not; asked of {@code git}.
 *
 * @param reference the other branch, as git knows it
 */
record BranchMigrations(String reference) implements AddedMigrations {

    @Override
    public Set<Path> files(Path folder) throws UnknownException {
        String base = base(folder);
        List<String> changed = names(git(
                folder, "diff", "--name-only", "--no-renames", "--diff-filter=M", "-z", "--relative", base, "--", "."));
        List<String> edited = changed.stream()
                .filter(name -> name.endsWith(".sql"))
                .filter(name -> !isRepeatable(name))
                .toList();
        if (!edited.isEmpty()) {
            throw new UnknownException(
                    edited.getFirst() + (edited.size() > 1 ? " and " + (edited.size() - 1) + " more were" : " was")
                            + " edited since " + reference
                            + ", where it is a migration already: what is applied cannot be changed any more; take the edit back, and add another migration");
        }
        Set<Path> added = new HashSet<>();
        changed.stream().filter(BranchMigrations::isRepeatable).forEach(name -> added.add(folder.resolve(name)));
        names(git(
                        folder,
                        "diff",
                        "--name-only",
                        "--no-renames",
                        "--diff-filter=A",
                        "-z",
                        "--relative",
                        base,
                        "--",
                        "."))
                .forEach(name -> added.add(folder.resolve(name)));
        names(git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", "."))
                .forEach(name -> added.add(folder.resolve(name)));
        return added;
    }

    /** Of Flyway's, which is applied again when it has changed. */
    private static boolean isRepeatable(String name) {
        return name.substring(name.lastIndexOf('/') + 1).startsWith("R__");
    }

    @Override
    public Set<String> changeSets(MigrationSource.Liquibase source, List<ChangeSets.Listed> now)
            throws UnknownException {
        String base = base(source.root());
        Path before = exported(source.root(), base);
        try {
            Set<String> added = new HashSet<>();
            now.forEach(changeSet -> added.add(changeSet.identity()));
            if (Files.exists(before.resolve(source.changelog()))) {
                ChangeSets reader =
                        ServiceLoader.load(ChangeSets.class).findFirst().orElseThrow();
                reader.read(new MigrationSource.Liquibase(
                                before,
                                source.changelog(),
                                source.contexts(),
                                source.labels(),
                                source.parameters(),
                                source.selection()))
                        .forEach(changeSet -> added.remove(changeSet.identity()));
            }
            return added;
        } catch (ChangeSets.UnreadableException e) {
            throw new UnknownException(
                    "Liquibase cannot read the change log as it was at " + reference + ": " + e.getMessage());
        } finally {
            discard(before);
        }
    }

    private static void discard(Path folder) {
        try {
            DirectoryTree.delete(folder);
        } catch (IOException e) {
            // Temporary files are the system's to clear up.
        }
    }

    /** A folder as it was, in a temporary one. */
    private Path exported(Path folder, String base) throws UnknownException {
        try {
            Path target = Files.createTempDirectory("harness-changelog");
            // Of the folder alone, with names relative to it.
            Process process = started(folder, "archive", "--format=zip", base, ".");
            try (ZipInputStream zip = new ZipInputStream(process.getInputStream())) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    Path file = target.resolve(entry.getName()).normalize();
                    if (file.startsWith(target) && !entry.isDirectory()) {
                        Files.createDirectories(file.getParent());
                        Files.copy(zip, file);
                    }
                }
            }
            // A folder that was not there yet is nothing, which is what it exports.
            process.destroy();
            return target;
        } catch (IOException e) {
            throw new UnknownException("what " + folder + " was at " + reference + " cannot be read: " + e);
        }
    }

    /** The commit at which the branch left the other. */
    private String base(Path folder) throws UnknownException {
        Answer inside = git(folder, "rev-parse", "--show-toplevel");
        if (inside.exitCode() != 0) {
            throw new UnknownException(
                    folder + " is in no git repository, so nobody knows what was added since " + reference);
        }
        String top = inside.output().strip();
        if (git(folder, "rev-parse", "--verify", "--quiet", reference + "^{commit}")
                        .exitCode()
                != 0) {
            throw new UnknownException("there is no " + reference + " in the git repository " + top
                    + "; fetch it, e.g. git fetch origin main, or name another with --changed-since");
        }
        Answer base = git(folder, "merge-base", reference, "HEAD");
        if (base.exitCode() != 0) {
            throw new UnknownException(reference + " and HEAD have no common commit in the git repository " + top
                    + "; in a shallow clone, fetch more of the history: git fetch --unshallow");
        }
        return base.output().strip();
    }

    private record Answer(int exitCode, String output) {}

    private static List<String> names(Answer answer) throws UnknownException {
        if (answer.exitCode() != 0) {
            throw new UnknownException(
                    "git cannot say what was added: " + answer.output().strip());
        }
        return Arrays.stream(answer.output().split("\0", -1))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private Answer git(Path folder, String... words) throws UnknownException {
        try {
            Process process = started(folder, words);
            try (InputStream output = process.getInputStream()) {
                String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
                return new Answer(process.waitFor(), text);
            }
        } catch (IOException e) {
            throw new UnknownException("git cannot be started, which alone knows what was added since " + reference
                    + "; install it, or leave out --changed-since (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownException("interrupted while git was asked");
        }
    }

    private static Process started(Path folder, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return process;
    }
}
