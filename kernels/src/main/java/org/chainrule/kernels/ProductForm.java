package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.DType;

/** How a matrix product is computed: what a device is tuned by. Its text tells it from all others. */
public sealed interface ProductForm {
    /** An element by each work-item. */
    record Elements() implements ProductForm {
        @Override
        public String toString() {
            return "elements";
        }
    }

    /**
     * A tile over all of the depth by each work-item.
     *
     * @param rows    rows of a tile
     * @param vectors vectors of a row of a tile
     * @param width   elements of a vector
     * @param packs   whether the right operand is packed into panels first; in place otherwise, which takes neighbours of a row to be neighbours in memory
     */
    record Tiles(int rows, int vectors, int width, boolean packs) implements ProductForm {
        int columns() {
            return vectors * width;
        }

        Tiles inPlace() {
            return new Tiles(rows, vectors, width, false);
        }

        /**
         * What computes {@code columns} columns fast on a processor: as many sums as its registers hold beside what is read, 32 registers where
         * vectors have 64 bytes and 16 elsewhere, and no more vectors than there are columns.
         */
        static Tiles of(Hardware hardware, DType dtype, int columns) {
            int width = hardware.lanes(dtype);
            boolean many = hardware.vector() >= 64;
            if (columns <= width) return new Tiles(8, 1, width, true);
            if (columns <= 2 * width || !many) return new Tiles(many ? 8 : 6, 2, width, true);
            return new Tiles(6, 4, width, true);
        }

        @Override
        public String toString() {
            return "tiles %d x %d x %d %s".formatted(rows, vectors, width, packs ? "packed" : "in place");
        }
    }

    /**
     * A block by each group, through local memory: see {@link ProductByBlocks}.
     *
     * @param rows    rows of an item
     * @param columns columns of an item
     * @param down    items that share a column
     * @param across  items that share a row
     * @param deep    depth of a slice
     */
    record Blocks(int rows, int columns, int down, int across, int deep) implements ProductForm {
        /** Rows and columns of the smallest block that is usual. */
        private static final int LEAST = 32;

        /**
         * The largest usual block of which two fit beside each other, and the device has room for; empty where it has room for none. The largest has 64 sums
         * to an item and two slices of 8 KiB in single precision, which GPUs of every maker have registers and local memory for.
         */
        static Optional<ProductForm> of(Hardware hardware, DType dtype, int rows, int columns) {
            return Stream.of(new Blocks(8, 8, 16, 16, 16), new Blocks(4, 4, 16, 16, 16), new Blocks(4, 4, 8, 8, 8))
                    .filter(b -> b.height() == LEAST || 2 * b.height() <= Math.min(rows, columns))
                    .filter(b -> b.fits(hardware, dtype))
                    .map(ProductForm.class::cast).findFirst();
        }

        /** Whether {@code hardware} has such groups and the memory that they share. */
        boolean fits(Hardware hardware, DType dtype) {
            return items() <= hardware.groupItems() && shared(dtype) <= hardware.localMemory();
        }

        int height() {
            return rows * down;
        }

        int width() {
            return columns * across;
        }

        int items() {
            return down * across;
        }

        /** Bytes of local memory. */
        long shared(DType dtype) {
            return (long) deep * (height() + width()) * Math.max(4, dtype.bytes());
        }

        @Override
        public String toString() {
            return "blocks %d x %d by %d x %d in %d".formatted(rows, columns, down, across, deep);
        }
    }

    /** By the library of the device's vendor: see {@link ProductByLibrary}. */
    record Library() implements ProductForm {
        @Override
        public String toString() {
            return "library";
        }
    }

    /** All that are worth trying on {@code hardware}. */
    static List<ProductForm> candidates(Hardware hardware, DType dtype) {
        List<ProductForm> all = new ArrayList<>(List.of(new Elements()));
        if (hardware.hasLibrary()) all.add(new Library());
        if (hardware.isCpu()) {
            int widest = hardware.lanes(dtype);
            for (int width : widest > 4 ? List.of(widest, widest / 2) : List.of(widest))
                for (int vectors : List.of(1, 2, 4)) for (int rows : List.of(4, 6, 8, 12)) {
                    if (rows * vectors < 8 || rows * vectors > 24) continue;
                    all.add(new Tiles(rows, vectors, width, true));
                    all.add(new Tiles(rows, vectors, width, false));
                }
        } else {
            for (int own : List.of(4, 8)) for (int side : List.of(8, 16)) for (int deep : List.of(8, 16, 32)) {
                Blocks b = new Blocks(own, own, side, side, deep);
                if (b.fits(hardware, dtype)) all.add(b);
            }
        }
        return List.copyOf(all);
    }
}
