package org.chainrule.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.chainrule.Session;
import org.chainrule.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoclFolderTest {
    private static final String RESULT = "result [3.0, 6.0]";

    @TempDir
    private Path folder = Path.of("");

    /** Computes a little, with fusion and a sum, in a process whose only folders are below {@link #folder}. */
    private String compute(Path cache, Path pocl) throws IOException, InterruptedException {
        OpenCl.require();
        assumeTrue(ClHardware.all().getFirst().isPocl(), "the device is not PoCL's");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Process process = SuiteProcess.start(PoclFolderTest.class, Map.of(PoclFolder.VARIABLE, pocl.toString()),
                List.of("chainrule.cache=" + cache, "java.io.tmpdir=" + temporary), List.of());
        String told = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(told).isZero();
        return told;
    }

    @SuppressWarnings("SystemOut") // it is read by the test that started this process
    public static void main(String[] args) {
        try (Session session = Session.open("opencl:0")) {
            var x = session.tensor(new float[][] {{1, 2}, {3, 3}});
            System.out.println("result " + Arrays.toString(x.plus(1).minus(1).sum(1).toFloats()));
        }
    }

    private static List<Path> files(Path in) throws IOException {
        try (Stream<Path> all = Files.walk(in)) {
            return all.filter(Files::isRegularFile).filter(f -> !f.toString().endsWith(".lock")).sorted().toList();
        }
    }

    @Test
    void whateverFileIsDamagedTheProcessGoesOn() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache"), pocl = folder.resolve("pocl");
        assertThat(compute(cache, pocl)).contains(RESULT);
        Random random = new Random(1);
        List<UnaryOperator<byte[]>> damages = List.of(b -> new byte[0], b -> Arrays.copyOf(b, b.length / 2), _ -> {
            byte[] noise = new byte[100];
            random.nextBytes(noise);
            return noise;
        });
        for (UnaryOperator<byte[]> damage : damages) {
            List<Path> all = Stream.concat(files(cache).stream(), files(pocl).stream()).toList();
            assertThat(all).map(Path::toString).anyMatch(f -> f.endsWith(".bin")).anyMatch(f -> f.endsWith(".so"))
                    .anyMatch(f -> f.endsWith(".bc"));
            for (Path f : all) Files.write(f, damage.apply(Files.readAllBytes(f)));
            assertThat(compute(cache, pocl)).isEqualToIgnoringNewLines(RESULT);
        }
    }

    @Test
    void anotherProcessCompilesNothing() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache"), pocl = folder.resolve("pocl");
        compute(cache, pocl);
        List<Path> compiled = files(pocl);
        Map<Path, Object> kept = keys(cache);
        assertThat(kept).isNotEmpty();
        compute(cache, pocl);
        assertThat(files(pocl)).hasSameSizeAs(compiled);
        // what is compiled is kept, in a file of its own
        assertThat(keys(cache)).isEqualTo(kept);
    }

    private static Map<Path, Object> keys(Path in) throws IOException {
        Map<Path, Object> keys = new TreeMap<>();
        for (Path f : files(in)) keys.put(f, Files.getAttribute(f, "unix:ino"));
        return keys;
    }

    @Test
    void foldersThatCannotBeWrittenAreNamedAndPassedOver() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.resolve("file"));
        String told = compute(file.resolve("cache"), file.resolve("pocl"));
        assertThat(told).contains(RESULT);
        assertThat(told.lines().filter(l -> l.contains(file.toString()))).singleElement().asString()
                .contains("PoCL compiles into " + folder.resolve("tmp"), file.resolve("pocl").toString(),
                        file.resolve("cache").toString());
    }

    @Test
    void aFolderWithoutRoomIsNotCompiledInto() {
        PoclFolder none = PoclFolder.in(List.of(folder), Long.MAX_VALUE);
        assertThat(none.path()).isEmpty();
        assertThatThrownBy(none::requireRoom).isInstanceOf(StorageException.class)
                .hasMessageContaining(folder + " has ").hasMessageContaining("KiB left")
                .hasMessageContaining(PoclFolder.VARIABLE);
    }

    @Test
    void whatAProcessLeftIsDeletedAndWhatOneHasIsNot() throws IOException {
        Path left = Files.createDirectories(folder.resolve("process-0/AA/BB")).resolve("program.bc");
        Files.createFile(left);
        PoclFolder first = PoclFolder.in(List.of(folder), 0), second = PoclFolder.in(List.of(folder), 0);
        assertThat(left).doesNotExist();
        assertThat(first.path()).contains(folder.resolve("process-0"));
        assertThat(second.path()).contains(folder.resolve("process-1"));
    }

    @Test
    void aProgramIsUnpackedAsAWholeOrNotAtAll() throws IOException {
        PoclFolder from = PoclFolder.in(List.of(folder), 0), to = PoclFolder.in(List.of(folder), 0);
        Path program = Files.createDirectories(from.path().orElseThrow().resolve("AA/BB"));
        Files.createDirectories(program.resolve("f/1-1-1"));
        Files.writeString(program.resolve("program.bc"), "bitcode");
        Files.writeString(program.resolve("f/1-1-1/f.so"), "code");
        assertThat(from.newProgram()).contains(program);
        assertThat(from.newProgram()).isEmpty();
        byte[] packed = from.packed("text", program);
        Path copy = to.path().orElseThrow().resolve("AA/BB");
        for (int n = 0; n < packed.length; n++) {
            assertThat(to.unpack(Arrays.copyOf(packed, n))).isEmpty();
            assertThat(copy).doesNotExist();
        }
        assertThat(to.unpack(packed)).contains(new PoclFolder.Unpacked("text", copy));
        assertThat(to.size(copy)).isEqualTo(2);
        assertThat(copy.resolve("f/1-1-1/f.so")).hasContent("code");
        assertThat(to.newProgram()).isEmpty();
    }
}
