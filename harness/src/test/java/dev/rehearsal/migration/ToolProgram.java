package dev.rehearsal.migration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A migration tool of nobody's, as a program: {@code apply SQL}, {@code around URL SQL}, {@code fail}, {@code hang FILE}. */
public final class ToolProgram {
    private ToolProgram() {}

    static List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ToolProgram.class.getName()));
        command.addAll(List.of(words));
        return command;
    }

    public static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "apply" -> execute(System.getenv("JDBC_DATABASE_URL"), "ToolProgram", words[1]);
            case "around" -> execute(words[1], "around", words[2]);
            case "fail" -> {
                for (int i = 1; i <= 30; i++) {
                    System.out.println("line " + i);
                }
                System.exit(3);
            }
            case "hang" -> hang(Path.of(words[1]));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static void execute(String url, String applicationName, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            connection.setClientInfo("ApplicationName", applicationName);
            statement.execute(sql);
        }
    }

    private static void hang(Path childFile) throws Exception {
        Process child = new ProcessBuilder("sleep", "600").start();
        Files.writeString(childFile, Long.toString(child.pid()));
        try (Connection connection = DriverManager.getConnection(System.getenv("JDBC_DATABASE_URL"))) {
            System.out.println("about to hang");
            child.waitFor();
        }
    }
}
