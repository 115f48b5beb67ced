package dev.fairway.cli;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.fairway.(**)").should().beFreeOfCycles()
                // The command line puts together what its packages give it, and what they share stands beside it.
                .ignoreDependency(type(Fairway.class), alwaysTrue())
                // A rule is a list of expressions, and they are of the types of nf_tables.
                .ignoreDependency(resideInAPackage("dev.fairway.netlink.nftables"), resideInAPackage("dev.fairway.netlink.nftables.expr"))
                .check(classes);
    }

    @Test
    void noFrameworkInjectsOrGeneratesCode() {
        noClasses()
                .should().dependOnClassesThat().resideInAnyPackage("org.springframework..", "lombok..", "javax.inject..", "jakarta.inject..")
                .check(classes);
    }
}
