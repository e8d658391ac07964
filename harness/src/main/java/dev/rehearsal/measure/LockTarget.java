package dev.rehearsal.measure;

import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a lock is on, as the server's log describes it. */
sealed interface LockTarget {
    /** A whole table or index. */
    record Relation(long oid) implements LockTarget {}

    /** Something of a relation: {@code tuple}, {@code page} or {@code extension}. */
    record PartOfRelation(String part, long oid) implements LockTarget {}

    /** Anything else, in the server's words: {@code transaction 757}, {@code advisory lock [5,0,5,1]}. */
    record Other(String description) implements LockTarget {}

    /** Of the text between {@code on} and {@code after} ({@code DescribeLockTag} in the server's lmgr.c). */
    static LockTarget parse(String description) {
        Matcher relation = Patterns.RELATION.matcher(description);
        if (relation.matches()) {
            return new Relation(Long.parseLong(relation.group(1)));
        }
        Matcher part = Patterns.PART.matcher(description);
        if (part.matches()) {
            return new PartOfRelation(part.group(1), Long.parseLong(part.group(2)));
        }
        return new Other(description);
    }

    /**
     * The words for it.
     *
     * @param relationName of a relation's OID
     */
    default String described(LongFunction<String> relationName) {
        return switch (this) {
            case Relation relation -> relationName.apply(relation.oid());
            case PartOfRelation part -> part.part() + " of " + relationName.apply(part.oid());
            case Other other -> other.description();
        };
    }

    /** The patterns of {@link #parse}. */
    final class Patterns {
        private static final Pattern RELATION = Pattern.compile("relation (\\d+) of database \\d+");
        private static final Pattern PART =
                Pattern.compile("(tuple|page|extension)(?: [(),\\d]+)? of relation (\\d+) of database \\d+");

        private Patterns() {}
    }
}
