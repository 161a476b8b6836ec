package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.chainrule.Backends;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.harness.device.SentinelDevice;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SentinelDeviceTest {
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F32", "F64"})
    void poisonIsNoNumberInAnyFloatType(DType type) {
        try (Device device = new SentinelDevice(Backends.open("cpu").device());
                Buffer b = device.allocate(type, 3)) {
            assertThat(device.doubles(b)).containsOnly(Double.NaN);
        }
    }

    /** After each kernel sets an element of memory that the kernel names nowhere. */
    private static final class Astray extends DeviceFilter {
        Astray(Device device) {
            super(device);
        }

        @Override
        public Executable compile(Schedule schedule) {
            Executable right = super.compile(schedule);
            return new Executable() {
                @Override
                public void run(Buffer[] buffers, long[] streams) {
                    right.run(buffers, streams);
                    for (int slot = 0; slot < buffers.length; slot++) {
                        int s = slot;
                        if (schedule.kernels().stream().anyMatch(k -> names(k, s))) continue;
                        double[] v = inner().doubles(buffers[slot]);
                        v[v.length / 2] = 7;
                        inner().upload(Elements.of(buffers[slot].dtype(), v), buffers[slot]);
                        return;
                    }
                }

                @Override
                public void close() {
                    right.close();
                }
            };
        }

        private static boolean names(Kernel k, int slot) {
            return k.reads().stream().anyMatch(o -> o.slot() == slot)
                    || k.out().stream().anyMatch(o -> o.slot() == slot);
        }
    }

    @Test
    void memoryThatAKernelDoesNotNameIsWatchedToo() {
        try (Session session = Session.on("cpu", new SentinelDevice(new Astray(Backends.open("cpu").device())))) {
            Tensor x = session.tensor(1f, 2f, 3f), y = session.tensor(4f, 5f, 6f, 7f);
            assertThatThrownBy(() -> session.eval(x.sum(), y.sum())).isInstanceOf(SentinelDevice.Violation.class)
                    .hasMessageContaining("was overwritten, which is none of its output");
        }
    }
}
