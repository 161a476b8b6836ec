package org.chainrule.cpu;

import java.util.function.IntConsumer;

/** One product, cut into a grid of parts that threads compute without touching each other's data. */
final class GemmJob implements IntConsumer {
    /** Rows of A packed at a time, so that their panels fill half of a level-2 cache. */
    private static final int ROWS = 240;
    /** Columns of B packed at a time. */
    private static final int COLUMNS = 2048;
    /** Nanoseconds that a call of an epilogue costs beyond what it computes. */
    private static final double EPILOGUE_CALL = 60;
    /** Floats of a packed block of B that are worth reading again for each rectangle of whole rows of C. */
    private static final int WIDE = 1 << 18;
    private static final float[] NOTHING = {};

    private int m;
    private int n;
    private int k;
    private float[] a = NOTHING;
    private int ao;
    private int ar;
    private int ac;
    private float[] b = NOTHING;
    private int bo;
    private int br;
    private int bc;
    private float[] c = NOTHING;
    private int co;
    private int cr;
    private Epilogue epilogue = Epilogue.NONE;
    private Tiles tiles = new ScalarTiles();
    private boolean running;

    private int width;
    private int height;
    private int lowest;
    private int depth;
    private int blockRows;
    private int panelStride;
    private int rowParts;
    private int columnParts;

    void set(int m, int n, int k, float[] a, int ao, int ar, int ac, float[] b, int bo, int br, int bc, float[] c,
            int co, int cr, Epilogue epilogue,
            Tiles tiles) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.a = a;
        this.ao = ao;
        this.ar = ar;
        this.ac = ac;
        this.b = b;
        this.bo = bo;
        this.br = br;
        this.bc = bc;
        this.c = c;
        this.co = co;
        this.cr = cr;
        this.epilogue = epilogue;
        this.tiles = tiles;
    }

    boolean running() {
        return running;
    }

    void run(Threads threads, int share) {
        running = true;
        try {
            plan(share);
            threads.parallel(rowParts * columnParts, this);
        } finally {
            a = NOTHING;
            b = NOTHING;
            c = NOTHING;
            epilogue = Epilogue.NONE;
            running = false;
        }
    }

    /**
     * Picks the tile's height and the grid of parts by a model of the slowest part's nanoseconds for one step of k: tiles at the kernel's speed, edges
     * in full, the packing of its rows and columns, and the calls of an epilogue that cannot take whole rows.
     */
    private void plan(int share) {
        width = tiles.width();
        int[] heights = tiles.heights();
        lowest = heights[0];
        for (int h : heights) lowest = Math.min(lowest, h);
        depth = Gemm.depth(k);
        panelStride = depth * width + 16;
        int columnTiles = ceil(n, width);
        double best = Double.MAX_VALUE;
        for (int h : heights) {
            int rowTiles = ceil(m, h);
            for (int rp = 1; rp <= share; rp++) {
                int cp = share / rp;
                if (rp * cp == share || rp == 1) {
                    double rows = Math.min(m, ceil(rowTiles, rp) * h), columns = ceil(columnTiles, cp) * width;
                    double cost = (Math.floor(rows / h) * h / speed(h) + tail((int) rows % h, h)) * columns
                            + (ac == 1 ? 0.18 : 0.06) * rows
                            + (br == 1 ? 0.14 : 0.08) * columns
                            + (cp > 1 && epilogue != Epilogue.NONE ? EPILOGUE_CALL * rows / k : 0);
                    if (cost < best) {
                        best = cost;
                        height = h;
                        rowParts = Math.min(rp, rowTiles);
                        columnParts = Math.min(cp, columnTiles);
                    }
                }
            }
        }
        blockRows = ROWS / height * height;
    }

    /** Multiply-adds of a tile in a nanosecond. */
    private static double speed(int height) {
        return height < 12 ? 57.0 : 58.5;
    }

    private double tail(int rows, int height) {
        if (rows == 0) return 0;
        int h = rows <= lowest ? lowest : height;
        return h / speed(h);
    }

    /** The height of the tile that begins {@code left} rows before the end. */
    private int height(int left) {
        return left <= lowest ? lowest : height;
    }

    private static int ceil(int x, int y) {
        return (x + y - 1) / y;
    }

    private static int cut(int tiles, int size, int part, int parts, int end) {
        return Math.min(end, (int) ((long) tiles * part / parts) * size);
    }

    @Override
    public void accept(int part) {
        int rowTiles = ceil(m, height), columnTiles = ceil(n, width);
        int row = part / columnParts, column = part % columnParts;
        part(cut(rowTiles, height, row, rowParts, m), cut(rowTiles, height, row + 1, rowParts, m),
                cut(columnTiles, width, column, columnParts, n), cut(columnTiles, width, column + 1, columnParts, n));
    }

    private void part(int m0, int m1, int n0, int n1) {
        GemmScratch scratch = GemmScratch.take();
        try {
            part(m0, m1, n0, n1, scratch);
        } finally {
            scratch.giveBack();
        }
    }

    private void part(int m0, int m1, int n0, int n1, GemmScratch scratch) {
        int packedRows = Gemm.roundUp(Math.min(m1 - m0, blockRows), height),
                packedColumns = Gemm.roundUp(Math.min(n1 - n0, COLUMNS), width);
        float[] pa = scratch.a(packedRows * depth + Tiles.SLACK),
                pb = scratch.b(packedColumns / width * panelStride + Tiles.SLACK);
        for (int j = n0; j < n1; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n1 - j);
            for (int p = 0; p < k; p += depth) {
                int kk = Math.min(depth, k - p);
                tiles.packColumns(b, bo + p * br + j * bc, br, bc, columns, kk, pb, 0, panelStride);
                for (int i = m0; i < m1; i += blockRows) {
                    int rows = Math.min(blockRows, m1 - i);
                    for (int r = 0; r < rows; r += height) {
                        int h = height(rows - r);
                        tiles.packRows(h, a, ao + (i + r) * ar + p * ac, ar, ac, Math.min(h, rows - r), kk, pa, r * kk);
                    }
                    block(pa, pb, scratch.tile, i, rows, j, columns, kk, p > 0, p + kk == k);
                }
            }
        }
    }

    /** The product of a packed block of A and of B, with the epilogue after every rectangle of it if it is the last in k. */
    private void block(float[] pa, float[] pb, float[] tile, int i, int rows, int j, int columns, int kk, boolean add,
            boolean last) {
        boolean finish = last && epilogue != Epilogue.NONE, wide = columns == cr && columns * kk <= WIDE;
        int down = finish && wide ? Gemm.epilogueSide(columns, height) : rows;
        int along = finish && !wide ? Gemm.epilogueSide(rows, width) : columns;
        for (int r = 0; r < rows; r += down) {
            int height = Math.min(down, rows - r);
            for (int q = 0; q < columns; q += along) {
                int width = Math.min(along, columns - q);
                rectangle(pa, pb, tile, i, rows, r, r + height, j, columns, q, q + width, kk, add);
                if (finish && wide) {
                    epilogue.apply(i + r, 0, height * columns, c, co + (i + r) * cr);
                } else if (finish) {
                    for (int x = r; x < r + height; x++) {
                        epilogue.apply(i + x, j + q, width, c, co + (i + x) * cr + j + q);
                    }
                }
            }
        }
    }

    private void rectangle(float[] pa, float[] pb, float[] tile, int i, int rows, int r0, int r1, int j, int columns,
            int q0, int q1, int kk, boolean add) {
        for (int q = q0; q < q1; q += width) {
            int panel = q / width * panelStride;
            for (int r = r0; r < r1; r += height) {
                int h = height(rows - r), out = co + (i + r) * cr + j + q;
                if (q + width <= columns && r + h <= rows) {
                    tiles.multiply(h, kk, pa, r * kk, pb, panel, c, out, cr, add);
                } else {
                    tiles.multiply(h, kk, pa, r * kk, pb, panel, tile, 0, width, false);
                    edge(tile, out, Math.min(h, rows - r), Math.min(width, columns - q), add);
                }
            }
        }
    }

    private void edge(float[] tile, int out, int rows, int columns, boolean add) {
        for (int r = 0; r < rows; r++) {
            int o = out + r * cr, s = r * width;
            if (add) {
                for (int q = 0; q < columns; q++) {
                    c[o + q] += tile[s + q];
                }
            } else {
                System.arraycopy(tile, s, c, o, columns);
            }
        }
    }
}
