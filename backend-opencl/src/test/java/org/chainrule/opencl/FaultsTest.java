package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final Path PROCESS = Path.of("/proc/self");

    /** The work is queued, so the error comes with the first value that is read; it is told once. */
    @Test
    void anIndexOutsideItsAxisIsToldWithTheLineThatMadeTheOp() {
        try (Session session = OpenCl.session()) {
            Tensor source = session.tensor(1f, 2f, 3f);
            Tensor bad = source.gather(0, session.tensor(new long[] {0, 7}));
            assertThatThrownBy(bad::toFloats).isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContainingAll("index 7 is outside an axis of extent 3", "FaultsTest.java");
            assertThat(source.gather(0, session.tensor(new long[] {2, 0})).toFloats()).containsExactly(3f, 1f);
        }
    }

    /** The second of two buffers of 16 GiB is beyond what the device has, or the first is beyond what one buffer may have. */
    @Test
    void memoryThatADeviceHasNotIsRefusedAndWhatItHasStays() {
        try (Device device = OpenCl.device(); Buffer kept = device.allocate(DType.F32, 2)) {
            MemorySegment values = Elements.of(DType.F32, 1, 2);
            device.upload(values, kept);
            List<Buffer> taken = new ArrayList<>();
            assertThatThrownBy(() -> {
                for (int i = 0; i < 1000; i++) taken.add(device.allocate(DType.F64, Integer.MAX_VALUE));
            }).isInstanceOf(OutOfDeviceMemoryException.class).hasMessageContaining("16383 MiB) asked");
            taken.forEach(Buffer::close);
            assertThat(device.liveBytes()).isEqualTo(8);
            assertThat(device.doubles(kept)).containsExactly(1, 2);
        }
    }

    @Test
    void aSessionIsOfNoUseOnceClosed() {
        Session session = OpenCl.session();
        Tensor x = session.tensor(1f, 2f);
        session.close();
        session.close();
        assertThatThrownBy(() -> x.plus(1).toFloats()).isInstanceOf(ClosedException.class);
    }

    /** Contexts, queues, programs and memory are given back: what is left of a session is nothing that the system counts. */
    @Test
    void sessionsLeaveNoFilesAndNoThreadsBehind() throws IOException {
        assumeTrue(Files.isDirectory(PROCESS));
        computeOnce();
        int before = counted();
        for (int i = 0; i < 50; i++) computeOnce();
        assertThat(counted()).isLessThanOrEqualTo(before + 5);
    }

    private static void computeOnce() {
        try (Session session = OpenCl.session()) {
            Tensor x = session.tensor(new float[][] {{1, 2}, {3, 4}});
            assertThat(x.matmul(x).sum().gradients(x).getFirst().toFloats()).containsExactly(7, 11, 9, 13);
        }
    }

    private static int counted() throws IOException {
        int n = 0;
        for (String kind : List.of("fd", "task")) {
            try (Stream<Path> all = Files.list(PROCESS.resolve(kind))) {
                n += (int) all.count();
            }
        }
        return n;
    }
}
