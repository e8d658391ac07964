package dev.rehearsal.drill;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests of drills share one dataset a class: building it takes longer than what they do with it. */
abstract class DrillTest {
    @TempDir(factory = BesideTheCache.class)
    static Path folder;

    static DrilledShop shop;

    @BeforeAll
    static void build() throws Exception {
        shop = DrilledShop.built(folder);
    }
}
