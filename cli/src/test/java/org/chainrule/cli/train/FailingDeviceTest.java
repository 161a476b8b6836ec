package org.chainrule.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.chainrule.cli.Main;
import org.chainrule.cli.train.FailingOpenCl.Left;
import org.chainrule.train.Checkpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user has when an OpenCL device or its driver fails: a clear error, all memory back, and the last checkpoint. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailingDeviceTest {
    private static final int EPOCHS = 4;

    private Path folder = Path.of("");
    private FailingOpenCl device;
    private Left undisturbed;
    private int runs;

    @BeforeAll
    void runWithoutAFault(@TempDir Path forAll) throws IOException, InterruptedException {
        folder = forAll;
        device = FailingOpenCl.in(folder);
        undisturbed = train(folder.resolve("undisturbed"), "none", 0, 0);
        assertThat(undisturbed.ran().status()).as(undisturbed.ran().err()).isZero();
    }

    /** Each batch is saved, so that a run goes on from just before the fault. */
    private Left train(Path run, String call, long first, int code) throws IOException, InterruptedException {
        return device.run(call, first, code, "train", "iris", "--epochs", EPOCHS, "--save-every", 1, "--quiet",
                "--json", "--backend", "opencl", "--out", run);
    }

    private Path freshFolder() {
        return folder.resolve("run" + runs++);
    }

    private static String member(Left left, String name) {
        return left.ran().json().get(name).asString();
    }

    private static void assertReleased(Left left) {
        assertThat(left.held()).hasSize(6).allSatisfy((kind, held) -> assertThat(held).as(kind).isZero());
    }

    @Test
    void aRunReleasesEverythingThatItMade() {
        assertReleased(undisturbed);
        assertThat(undisturbed.made().get("kernel")).isGreaterThan(10);
        assertThat(undisturbed.made().get("buffer")).isGreaterThan(10);
    }

    /** Wherever the queue or a request for memory begins to fail, and whatever the code, nothing is lost but the batch at hand. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "clEnqueueNDRangeKernel | 300 |  -2 | DeviceLostException        | CL_DEVICE_NOT_AVAILABLE          | starting .* at .*Training[.]java:[0-9]+",
        "clEnqueueNDRangeKernel | 301 |  -4 | OutOfDeviceMemoryException | CL_MEM_OBJECT_ALLOCATION_FAILURE | starting .* at .*Training[.]java:[0-9]+",
        "clEnqueueReadBuffer    | 100 |  -5 | OutOfDeviceMemoryException | CL_OUT_OF_RESOURCES              | reading results, with .* at .*Training[.]java:[0-9]+. queued last",
        "clEnqueueReadBuffer    | 111 | -36 | DeviceLostException        | CL_INVALID_COMMAND_QUEUE         | reading results, with .* at .*Training[.]java:[0-9]+. queued last",
        "clEnqueueWriteBuffer   |  60 | -36 | DeviceLostException        | CL_INVALID_COMMAND_QUEUE         | copying to it",
        "clCreateBuffer         |  45 |  -2 | DeviceLostException        | CL_DEVICE_NOT_AVAILABLE          | taking 256 bytes",
        "clCreateBuffer         |  45 |  -4 | OutOfDeviceMemoryException | MiB) asked                       | one buffer may have"})
    void aFaultInTrainingCostsNothingThatWasSaved(String call, long first, int code, String type, String name,
            String doing) throws IOException, InterruptedException {
        Path run = freshFolder();
        Left left = train(run, call, first, code);
        assertThat(left.ran().status()).as(left.ran().err()).isEqualTo(Main.FAILED);
        assertThat(member(left, "type")).isEqualTo(type);
        assertThat(left.ran().err()).containsPattern(doing)
                .contains("chainrule: ", name, "go on with --resume " + run + " --backend opencl")
                .doesNotContain("\tat ", "bug in Chainrule");
        assertReleased(left);

        Checkpoint saved = Checkpoint.read(run.resolve("checkpoint.safetensors"));
        assertThat(saved.position().epoch() + saved.position().batch()).isPositive();
        assertThat(saved.position().epoch()).isLessThan(EPOCHS);
        var resumed = Program.run("train", "iris", "--resume", run, "--quiet", "--json", "--backend", "opencl");
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(resumed.json().get("loss")).isEqualTo(undisturbed.ran().json().get("loss"));
        assertThat(run.resolve("checkpoint.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("undisturbed").resolve("checkpoint.safetensors"));
    }

    /** What waits for its times to be read is released too where they never come. */
    @Test
    void aTracedRunReleasesItsEventsToo() throws IOException, InterruptedException {
        Path run = freshFolder();
        Left left = device.run("clEnqueueReadBuffer", 50, -5, "train", "iris", "--json", "--backend", "opencl", "--out",
                run, "--trace", folder.resolve("trace.json"));
        assertThat(left.ran().status()).as(left.ran().err()).isEqualTo(Main.FAILED);
        assertThat(left.made().get("event")).isGreaterThan(100);
        assertReleased(left);
    }

    /** The step compiles first, what judges it at the end of the first epoch. */
    @Test
    void aKernelThatDoesNotCompileIsToldWithItsOpItsLogAndItsSource() throws IOException, InterruptedException {
        Path run = freshFolder();
        Left left = train(run, "clCreateProgramWithSource", 2, -11);
        assertThat(left.ran().status()).isEqualTo(Main.FAILED);
        assertThat(member(left, "type")).isEqualTo("KernelCompilationException");
        assertThat(left.ran().err())
                .contains("the kernel for ", ".java:", "CL_BUILD_PROGRAM_FAILURE", "a planted fault",
                        "\n   1  // OpenCL C")
                .doesNotContain("\tat ", "bug in Chainrule");
        assertReleased(left);
        assertThat(Checkpoint.read(run.resolve("checkpoint.safetensors")).position().epoch()).isLessThan(EPOCHS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "clGetPlatformIDs     | 1 | -1001 | finds no driver",
        "clGetPlatformIDs     | 1 |    -6 | asking for platforms failed with CL_OUT_OF_HOST_MEMORY",
        "clGetDeviceIDs       | 1 |    -1 | finds a driver, but none has a device",
        "clGetDeviceInfo      | 3 |    -2 | asking a device about itself failed with CL_DEVICE_NOT_AVAILABLE",
        "clCreateContext      | 1 |    -6 | opening the device failed with CL_OUT_OF_HOST_MEMORY",
        "clCreateCommandQueue | 1 |    -5 | opening its queue failed with CL_OUT_OF_RESOURCES",
        "clCreateBuffer       | 1 |    -4 | taking its first memory failed, for there is no room",
        "clEnqueueWriteBuffer | 1 |    -2 | writing to it failed with CL_DEVICE_NOT_AVAILABLE"})
    void aDeviceThatCannotBeHadIsToldAndLeavesNothing(String call, long first, int code, String reason)
            throws IOException, InterruptedException {
        Path run = freshFolder();
        Left left = train(run, call, first, code);
        assertThat(left.ran().status()).as(left.ran().err()).isEqualTo(Main.FAILED);
        assertThat(member(left, "type")).isEqualTo("BackendUnavailableException");
        assertThat(left.ran().err()).contains(reason, "--backend cpu").doesNotContain("\tat ", "bug in Chainrule");
        assertReleased(left);
        assertThat(Files.exists(run)).isFalse();
    }

    /** What is looked at without being asked for by name never ends a command. */
    @ParameterizedTest
    @CsvSource({"clGetDeviceInfo, -5", "clCreateContext, -5", "clCreateBuffer, -2", "clCreateProgramWithSource, -11",
        "clCreateKernel, -5", "clEnqueueReadBuffer, -5"})
    void doctorGoesOnToTheOtherBackends(String call, int code) throws IOException, InterruptedException {
        Left left = device.run(call, 1, code, "doctor");
        assertThat(left.ran().status()).as(left.ran().err()).isZero();
        assertThat(left.ran().out()).contains("missing  opencl", "ok       reference");
        assertReleased(left);
    }
}
