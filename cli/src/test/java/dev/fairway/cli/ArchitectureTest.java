package dev.fairway.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds docs/architecture.md against the classes. */
final class ArchitectureTest {
    /** Bottom to top. */
    private static final List<String> MODULES = List.of(
            "netlink", "testkit", "kube", "proxy", "schema", "store", "apiserver", "controllers", "node", "cluster", "cli");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.fairway");
    }

    @Test
    void aModuleKnowsOnlyThoseBelowIt() {
        for (int i = 0; i < MODULES.size(); i++) {
            String[] above = MODULES.subList(i + 1, MODULES.size()).stream()
                    .map(module -> "dev.fairway." + module + "..")
                    .toArray(String[]::new);
            if (above.length > 0) {
                noClasses()
                        .that().resideInAPackage("dev.fairway." + MODULES.get(i) + "..")
                        .should().dependOnClassesThat().resideInAnyPackage(above)
                        .check(classes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"netlink", "kube", "proxy", "schema", "store", "apiserver", "controllers", "node", "cluster"})
    void packagesOfAModuleFormNoCycle(String module) {
        slices().matching("dev.fairway." + module + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true).check(classes);
    }

    @Test
    void noFrameworkInjectsOrGeneratesCode() {
        noClasses()
                .should().dependOnClassesThat().resideInAnyPackage("org.springframework..", "lombok..", "javax.inject..", "jakarta.inject..")
                .check(classes);
    }
}
