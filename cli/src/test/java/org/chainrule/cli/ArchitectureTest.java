package org.chainrule.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor.Exports;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The arrows between the modules: none runs upward or sideways. */
class ArchitectureTest {
    /** A module and the modules it may use; each but the API has one package of its own and all below it. */
    private enum Module {
        API,
        KERNELS(API),
        HARNESS(API),
        CPU(API),
        OPENCL(API, KERNELS),
        CUDA(API, KERNELS),
        CLI(API, HARNESS);

        final Set<Module> uses;

        Module(Module... uses) {
            this.uses = Set.of(uses);
        }

        DescribedPredicate<JavaClass> classes() {
            if (this != API)
                return resideInAPackage("org.chainrule." + name().toLowerCase(Locale.ROOT) + "..");
            return resideInAPackage("org.chainrule..").and(not(anyOf(Arrays.stream(values()).filter(m -> m != API))))
                    .as("classes of the API");
        }

        static DescribedPredicate<JavaClass> anyOf(Stream<Module> modules) {
            return DescribedPredicate.or(modules.map(Module::classes).toList());
        }
    }

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.chainrule");

    @ParameterizedTest
    @EnumSource
    void moduleUsesOnlyTheModulesBelowIt(Module module) {
        var others = Arrays.stream(Module.values()).filter(m -> m != module && !module.uses.contains(m));
        noClasses().that(module.classes()).should()
                .dependOnClassesThat(Module.anyOf(others).as("are in another module"))
                .check(CLASSES);
    }

    @Test
    void apiNeedsTheJdkAlone() {
        var exported = Stream.of("java.base", "jdk.jfr")
                .flatMap(m -> ModuleLayer.boot().findModule(m).orElseThrow().getDescriptor().exports().stream())
                .filter(e -> !e.isQualified()).map(Exports::source).collect(Collectors.toSet());
        var allowed = describe("are of the API, java.base, jdk.jfr or JSpecify", (JavaClass c) -> {
            JavaClass type = c.getBaseComponentType();
            return type.isPrimitive() || Module.API.classes().test(type) || exported.contains(type.getPackageName())
                    || type.getPackageName().equals("org.jspecify.annotations");
        });
        classes().that(Module.API.classes()).should().onlyDependOnClassesThat(allowed).check(CLASSES);
    }

    @Test
    void onlyPanamaClassesTouchTheVectorApi() {
        var panama = describe("are named Panama*", (JavaClass c) -> outermost(c).getSimpleName().startsWith("Panama"));
        noClasses().that(not(Module.CPU.classes().and(panama))).should()
                .dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(CLASSES);
    }

    /** The suite runs without JUnit, so that the program does too. */
    @Test
    void onlyTheTestOfABackendTouchesJUnit() {
        noClasses().that().doNotHaveSimpleName("BackendConformance").should()
                .dependOnClassesThat().resideInAPackage("org.junit..")
                .orShould().dependOnClassesThat().haveSimpleName("BackendConformance").check(CLASSES);
    }

    @Test
    void onlyTheProgramPrints() {
        noClasses().that(not(Module.CLI.classes())).should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err")
                .orShould().dependOnClassesThat().belongToAnyOf(IO.class)
                .orShould().callMethod(Throwable.class, "printStackTrace").check(CLASSES);
    }

    private static JavaClass outermost(JavaClass c) {
        return c.getEnclosingClass().map(ArchitectureTest::outermost).orElse(c);
    }
}
