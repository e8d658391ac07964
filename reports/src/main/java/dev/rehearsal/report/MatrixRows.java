package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.OperationTried;
import dev.rehearsal.run.RunEvent.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which operation of which version works between which steps, as a table. */
final class MatrixRows {
    private static final String WORKS = "works";

    private MatrixRows() {}

    /** Empty where no operation was tried. */
    static Optional<PageView.Matrix> of(List<OperationTried> operations) {
        if (operations.isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, String> boundaries = new TreeMap<>();
        Map<String, Map<Integer, List<OperationTried>>> rows = new LinkedHashMap<>();
        for (OperationTried tried : operations) {
            boundaries.putIfAbsent(tried.boundary(), boundary(tried));
            rows.computeIfAbsent(
                            tried.version() + ": " + tried.service() + " " + tried.operation(), name -> new TreeMap<>())
                    .computeIfAbsent(tried.boundary(), number -> new java.util.ArrayList<>())
                    .add(tried);
        }
        return Optional.of(new PageView.Matrix(
                List.copyOf(boundaries.values()),
                rows.entrySet().stream()
                        .map(row -> new PageView.MatrixRow(
                                row.getKey(),
                                boundaries.keySet().stream()
                                        .map(number -> cell(row.getValue().getOrDefault(number, List.of())))
                                        .toList()))
                        .toList()));
    }

    private static String boundary(OperationTried tried) {
        return tried.after()
                .map(step -> (tried.phase() == Phase.ROLLBACK ? "rollback: after " : "after ") + step)
                .orElse("before");
    }

    private static PageView.MatrixCell cell(List<OperationTried> tried) {
        List<OperationTried> broken =
                tried.stream().filter(one -> one.failure().isPresent()).toList();
        if (broken.isEmpty()) {
            return new PageView.MatrixCell(tried.isEmpty() ? StatementRows.NOTHING : WORKS, "");
        }
        OperationTried first = broken.getFirst();
        boolean onlyKept = broken.stream().allMatch(OperationTried::kept);
        return new PageView.MatrixCell(
                first.sqlState().orElse("fails") + (onlyKept ? ", prepared before" : ""),
                first.failure().orElse(""));
    }
}
