package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.chainrule.Origin;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Source;
import org.chainrule.plan.Kernel;
import org.junit.jupiter.api.Test;

class CompilerTest {
    /** What no kernel of ours calls. */
    private static final Source FOREIGN =
            new Source("f", "KERNEL(1, 1, 1) void f(GLOBAL f32 *x) { x[0] = mad(x[0], x[1], x[2]); }\n");

    @Test
    void aFunctionThatIsNotDeclaredIsFoundAmongTheDriversOwn() {
        OpenCl.require();
        ClHardware hardware = ClHardware.all().getFirst();
        assumeTrue(hardware.isPocl(), "the device is not PoCL's");
        Launch foreign = new Launch(FOREIGN, List.of(), Launch.Extent.of(1), Launch.Extent.of(1));
        Kernel.Label label = new Kernel.Label("f", Origin.UNKNOWN);
        CleanCompilation found = new CleanCompilation().begin();
        try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
            device.programs().prepare(List.of(new DeviceFunction.Start<>(foreign, label, 0)));
        } finally {
            assertThat(found.ended()).singleElement().asString().contains("mad");
        }
    }

    @Test
    void whatACompilerWarnsOfIsSeen() {
        OpenCl.require();
        ClHardware hardware = ClHardware.all().getFirst();
        assumeTrue(hardware.isPocl(), "the device is not PoCL's");
        Source careless = new Source("g", "KERNEL(1, 1, 1) void g(GLOBAL u32 *x) { GLOBAL i32 *y = x; y[0] = 1; }\n");
        CleanCompilation found = new CleanCompilation().begin();
        try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
            Launch launch = new Launch(careless, List.of(), Launch.Extent.of(1), Launch.Extent.of(1));
            device.programs().prepare(
                    List.of(new DeviceFunction.Start<>(launch, new Kernel.Label("g", Origin.UNKNOWN), 0)));
        } finally {
            assertThat(found.ended()).singleElement().asString().contains("different sign");
        }
    }
}
