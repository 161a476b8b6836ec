package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.chainrule.DType;
import org.chainrule.StorageException;
import org.chainrule.kernels.ProductForm.Blocks;
import org.chainrule.kernels.ProductForm.Elements;
import org.chainrule.kernels.ProductForm.Tiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
    private static final Hardware PROCESSOR = new Hardware(true, 2, 64, 1 << 15, 256, false, true, Tuning.none());
    private static final Hardware GPU = new Hardware(false, 32, 4, 1 << 15, 256, false, true, Tuning.none());
    private static final ProductSize SIZE = size(128, 784, 512);
    private static final Tiles TILES = new Tiles(6, 4, 16, true);

    @TempDir
    private Path folder = Path.of("");

    private static ProductSize size(int rows, int depth, int columns) {
        return new ProductSize(DType.F32, rows, depth, columns, false, false);
    }

    @Test
    void whatWasFoundIsReadAgainAsItWas() {
        Tuning all = new Tuning(Map.of(SIZE, TILES, new ProductSize(DType.F64, 1, 2, 3, true, false), new Elements(),
                size(7, 8, 9), TILES.inPlace()));
        assertThat(Tuning.parse(all.text(), PROCESSOR)).contains(all);
        Tuning blocks = new Tuning(
                Map.of(new ProductSize(DType.F32, 9, 9, 9, false, true), new Blocks(4, 4, 16, 16, 32)));
        assertThat(Tuning.parse(blocks.text(), GPU)).contains(blocks);
        assertThat(Tuning.parse(blocks.text(), PROCESSOR)).isEmpty();
    }

    @Test
    void theNearestSizeOfTheSameKindDecides() {
        Tuning t = new Tuning(Map.of(SIZE, TILES, size(256, 784, 512), new Elements()));
        assertThat(t.form(size(130, 700, 512))).contains(TILES);
        assertThat(t.form(size(250, 784, 500))).contains(new Elements());
        assertThat(t.form(size(16, 784, 512))).isEmpty();
        assertThat(t.form(new ProductSize(DType.F32, 128, 784, 512, true, false))).isEmpty();
        assertThat(t.form(new ProductSize(DType.F64, 128, 784, 512, false, false))).isEmpty();
    }

    @Test
    void eachDeviceAndDriverHasAFileOfItsOwn() {
        TuningFile first = TuningFile.in(folder, "device\n1.0"), second = TuningFile.in(folder, "device\n1.1");
        first.write(new Tuning(Map.of(SIZE, TILES)));
        assertThat(first.read(PROCESSOR).found()).containsEntry(SIZE, TILES);
        assertThat(second.read(PROCESSOR)).isEqualTo(Tuning.none());
    }

    /** Whatever the file says, no kernel is made of it that would not have been tried. */
    @Test
    void aDamagedFileIsPassedOver() throws IOException {
        TuningFile file = TuningFile.in(folder, "device");
        for (String text : new String[] {"\u0000\u0001", "f32 1x2x3 NN", "f32 1x2x3 NN = tiles",
            "f32 1x2x3 NN = tiles 999 x 999 x 16 packed", "f33 1x2x3 NN = elements"}) {
            file.write(new Tuning(Map.of(SIZE, TILES)));
            Files.writeString(file.path().orElseThrow(), text);
            assertThat(file.read(PROCESSOR)).as(text).isEqualTo(Tuning.none());
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamedWithTheRemedy() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");
        TuningFile file = TuningFile.in(plain, "device");
        assertThatThrownBy(() -> file.write(new Tuning(Map.of(SIZE, TILES)))).isInstanceOf(StorageException.class)
                .hasMessageContaining(plain.toString()).hasMessageContaining("name another by -Dchainrule.cache")
                .hasMessageNotContaining("java.nio");
    }
}
