package org.chainrule.data;

import java.lang.ref.Cleaner;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;
import org.chainrule.ClosedException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shuffle;

/**
 * An endless sequence of mini-batches, epoch after epoch, in an order that depends on seed and epoch alone. One daemon
 * thread fills the next batch while the current one is in use; two sets of buffers take turns. Where filling turns out to
 * take less than waking a thread may, the thread leaves it to the caller of {@link #next()} after the first
 * {@value #TRIAL} batches: on a busy machine each waking costs the caller its core.
 *
 * <p>{@link #next()} is for one thread at a time. {@link #close()} ends the filling thread; so does a failure in it, and
 * the loader's becoming unreachable.
 *
 * @param <B> the buffers of a batch
 */
public final class BatchLoader<B> implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int BUFFERS = 2;
    private static final int TRIAL = 8;
    private static final long CHEAP_NANOS = 100_000;

    private final Filler<B> filler;
    private final int batchesPerEpoch;
    private final Cleaner.Cleanable release;
    private Turn<B> current = new Turn.Ended<>();

    /** In which order an epoch visits the samples. */
    public enum Order { SHUFFLED, SEQUENTIAL }

    /** What becomes of the last batch of an epoch if it is smaller than the others. */
    public enum Remainder {
        KEPT, DROPPED
    }

    /**
     * How to cut samples into batches.
     *
     * @param batchSize samples per batch
     * @param seed of the shuffling
     * @param epoch the epoch to start in, from 0
     * @param batch the batch of that epoch to start with, from 0; the number of batches in an epoch stands for the next epoch
     */
    public record Options(int batchSize, long seed, Order order, Remainder remainder, long epoch, int batch) {
        /** @throws InvalidArgumentException if {@code batchSize} is below 1, or {@code epoch} or {@code batch} below 0 */
        public Options {
            if (batchSize < 1 || epoch < 0 || batch < 0) {
                throw new InvalidArgumentException(
                        "batches need batchSize >= 1, epoch >= 0 and batch >= 0, got batchSize = "
                                + batchSize + ", epoch = " + epoch + ", batch = " + batch);
            }
        }

        /** Shuffled by {@code seed}, a smaller last batch kept, from the first epoch on. */
        public static Options of(int batchSize, long seed) {
            return new Options(batchSize, seed, Order.SHUFFLED, Remainder.KEPT, 0, 0);
        }

        public Options order(Order changed) {
            return new Options(batchSize, seed, changed, remainder, epoch, batch);
        }

        public Options remainder(Remainder changed) {
            return new Options(batchSize, seed, order, changed, epoch, batch);
        }

        /** Starts where an earlier run stopped. */
        public Options startingAt(long changedEpoch, int changedBatch) {
            return new Options(batchSize, seed, order, remainder, changedEpoch, changedBatch);
        }
    }

    /** What the filling thread hands over. */
    private sealed interface Turn<B> {
        record Filled<B>(Batch<B> batch) implements Turn<B> {}

        record Failed<B>(Throwable cause) implements Turn<B> {}

        /** From here on the caller fills. */
        record Left<B>() implements Turn<B> {}

        record Ended<B>() implements Turn<B> {}
    }

    private BatchLoader(Filler<B> filler, int batchesPerEpoch) {
        this.filler = filler;
        this.batchesPerEpoch = batchesPerEpoch;
        this.release = CLEANER.register(this, filler::stop);
    }

    /**
     * Starts to load batches of {@code samples}.
     *
     * @throws InvalidArgumentException if an epoch would have no batch, or the start lies beyond its epoch
     */
    public static <B> BatchLoader<B> open(Samples<B> samples, Options options) {
        int whole = samples.size() / options.batchSize;
        boolean extra = options.remainder == Remainder.KEPT && samples.size() % options.batchSize != 0;
        int batches = whole + (extra ? 1 : 0);
        if (batches == 0) {
            throw new InvalidArgumentException(samples.size() + " samples make no batch of " + options.batchSize
                    + (samples.size() == 0 ? "" : "; choose a smaller batch or keep the remainder"));
        }
        if (options.batch > batches) {
            throw new InvalidArgumentException("batch " + options.batch + " to start at does not exist; an epoch has "
                    + batches);
        }
        Filler<B> filler = new Filler<>(samples, options, batches);
        BatchLoader<B> loader = new BatchLoader<>(filler, batches);
        filler.thread.start();
        return loader;
    }

    /** The number of batches in an epoch. */
    public int batchesPerEpoch() {
        return batchesPerEpoch;
    }

    /**
     * The next batch; the one before it becomes invalid. What filling it threw is thrown here, each time again.
     *
     * @throws ClosedException if the loader is closed, or the calling thread is interrupted while it waits
     */
    public Batch<B> next() {
        switch (current) {
            case Turn.Filled<B>(var batch) -> filler.free.add(batch.buffers());
            case Turn.Failed<B>(var cause) -> throw rethrown(cause);
            case Turn.Left<B>(),Turn.Ended<B>() -> {}
        }
        current = new Turn.Ended<>();
        try {
            current = filler.turn();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedException("interrupted while waiting for a batch", e);
        }
        return switch (current) {
            case Turn.Filled<B>(var batch) -> batch;
            case Turn.Failed<B>(var cause) -> throw rethrown(cause);
            case Turn.Left<B>(),Turn.Ended<B>() -> throw new ClosedException("the batch loader is closed");
        };
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }

    /** Ends the filling thread and waits for it. May be called again, and from any thread. */
    @Override
    public void close() {
        release.clean();
        boolean interrupted = false;
        while (filler.thread.isAlive()) {
            try {
                filler.thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread's side; it must not refer to the loader, so that an abandoned loader can be cleaned. */
    private static final class Filler<B> {
        private final Sequence<B> sequence;
        private final BlockingQueue<B> free = new ArrayBlockingQueue<>(BUFFERS);
        private final BlockingQueue<Turn<B>> ready = new ArrayBlockingQueue<>(BUFFERS + 1);
        private final Thread thread = Thread.ofPlatform().daemon().name("chainrule-batches").unstarted(this::run);
        private boolean left;
        private volatile boolean stopped;

        Filler(Samples<B> samples, Options options, int batches) {
            this.sequence = new Sequence<>(samples, options, batches);
            for (int i = 0; i < BUFFERS; i++) {
                free.add(samples.buffers(Math.min(options.batchSize, samples.size())));
            }
        }

        void stop() {
            stopped = true;
            thread.interrupt();
        }

        private void run() {
            try {
                long least = Long.MAX_VALUE;
                for (int filled = 0; !stopped; filled++) {
                    if (filled == TRIAL && least < CHEAP_NANOS) {
                        ready.add(new Turn.Left<>());
                        return;
                    }
                    B buffers = free.take();
                    long start = System.nanoTime();
                    Batch<B> batch = sequence.fill(buffers);
                    least = Math.min(least, System.nanoTime() - start);
                    ready.add(new Turn.Filled<>(batch));
                }
                ready.add(new Turn.Ended<>());
            } catch (InterruptedException _) {
                ready.add(new Turn.Ended<>());
            } catch (Throwable failure) {
                ready.add(stopped ? new Turn.Ended<>() : new Turn.Failed<>(failure));
            }
        }

        /** For the caller: what the thread has ready, or what the caller fills itself. */
        Turn<B> turn() throws InterruptedException {
            if (!left && !stopped) {
                Turn<B> turn = ready.take();
                left = turn instanceof Turn.Left<B>;
                if (!left) return turn;
            }
            return stopped ? new Turn.Ended<>() : filledHere();
        }

        private Turn<B> filledHere() {
            try {
                return new Turn.Filled<>(sequence.fill(free.remove()));
            } catch (RuntimeException | Error failure) {
                return new Turn.Failed<>(failure);
            }
        }
    }

    /** Where the samples of each batch come from. */
    private static final class Sequence<B> {
        private final Samples<B> samples;
        private final Options options;
        private final int batches;
        private long epoch;
        private int next;
        private int[] order = {};

        Sequence(Samples<B> samples, Options options, int batches) {
            this.samples = samples;
            this.options = options;
            this.batches = batches;
            this.epoch = options.epoch;
            this.next = options.batch;
        }

        Batch<B> fill(B buffers) {
            if (next == batches) {
                epoch++;
                next = 0;
                order = new int[0];
            }
            int n = samples.size();
            if (order.length == 0) {
                order = switch (options.order) {
                    case SHUFFLED -> Shuffle.permutation(n, options.seed, epoch);
                    case SEQUENTIAL -> IntStream.range(0, n).toArray();
                };
            }
            int from = next * options.batchSize, size = Math.min(options.batchSize, n - from);
            samples.fill(buffers, order, from, size);
            return new Batch<>(epoch, next++, size, buffers);
        }
    }
}
