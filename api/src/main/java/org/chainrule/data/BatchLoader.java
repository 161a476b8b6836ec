package org.chainrule.data;

import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.ClosedException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shuffle;

/**
 * An endless sequence of mini-batches, epoch after epoch, in an order that depends on seed and epoch alone; two sets of
 * buffers take turns. A daemon thread fills the next batch while the current one is in use, except where a batch is so
 * small ({@link Samples#bytes}, at most {@value #SMALL}) that copying it takes less than waking a thread: then
 * {@link #next()} fills it, for on a busy machine each waking costs the caller its core.
 *
 * <p>{@link #next()} is for one thread at a time. {@link #close()} ends the filling thread; so does a failure in it, and
 * the loader's becoming unreachable.
 *
 * @param <B> the buffers of a batch
 */
public final class BatchLoader<B> implements AutoCloseable {
    private static final int BUFFERS = 2;
    /** Memory copies some 5 GB/s in pieces; waking a thread takes up to 100 µs. */
    private static final long SMALL = 500_000;

    private final Source<B> source;
    private final int batchesPerEpoch;

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

    private BatchLoader(Source<B> source, int batchesPerEpoch) {
        this.source = source;
        this.batchesPerEpoch = batchesPerEpoch;
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
        Sequence<B> sequence = new Sequence<>(samples, options, batches);
        int largest = Math.min(options.batchSize, samples.size());
        List<B> buffers = Stream.generate(() -> samples.buffers(largest)).limit(BUFFERS).toList();
        return new BatchLoader<>(samples.bytes(largest) <= SMALL ? new Here<>(sequence, buffers)
                : new Ahead<>(new Filler<>(sequence, buffers)), batches);
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
        return source.next();
    }

    /** Ends the filling thread and waits for it. May be called again, and from any thread. */
    @Override
    public void close() {
        source.close();
    }

    /** Who fills. */
    private sealed interface Source<B> {
        Batch<B> next();

        void close();
    }

    private static ClosedException closed() {
        return new ClosedException("the batch loader is closed");
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(cause);
        };
    }

    /** The reader. */
    private static final class Here<B> implements Source<B> {
        private final Sequence<B> sequence;
        private final Deque<B> buffers;
        private Optional<Throwable> failure = Optional.empty();
        private volatile boolean closed;

        Here(Sequence<B> sequence, List<B> buffers) {
            this.sequence = sequence;
            this.buffers = new ArrayDeque<>(buffers);
        }

        @Override
        public Batch<B> next() {
            if (closed) throw closed();
            if (failure.isPresent()) throw rethrown(failure.get());
            B next = buffers.remove();
            buffers.add(next);
            try {
                return sequence.fill(next);
            } catch (RuntimeException | Error e) {
                failure = Optional.of(e);
                throw e;
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A thread, while the reader uses the batch before. */
    private static final class Ahead<B> implements Source<B> {
        private static final Cleaner CLEANER = Cleaner.create();

        private final Filler<B> filler;
        private final Cleaner.Cleanable release;
        private Turn<B> current = new Turn.Ended<>();

        Ahead(Filler<B> filler) {
            this.filler = filler;
            this.release = CLEANER.register(this, filler::stop);
            filler.thread.start();
        }

        @Override
        public Batch<B> next() {
            switch (current) {
                case Turn.Filled<B>(var batch) -> filler.free.add(batch.buffers());
                case Turn.Failed<B>(var cause) -> throw rethrown(cause);
                case Turn.Ended<B>() -> {}
            }
            current = new Turn.Ended<>();
            try {
                if (!filler.stopped) current = filler.ready.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClosedException("interrupted while waiting for a batch", e);
            }
            return switch (current) {
                case Turn.Filled<B>(var batch) -> batch;
                case Turn.Failed<B>(var cause) -> throw rethrown(cause);
                case Turn.Ended<B>() -> throw closed();
            };
        }

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
    }

    /** What the filling thread hands over. */
    private sealed interface Turn<B> {
        record Filled<B>(Batch<B> batch) implements Turn<B> {}

        record Failed<B>(Throwable cause) implements Turn<B> {}

        record Ended<B>() implements Turn<B> {}
    }

    /** The thread's side of {@link Ahead}, to which it must not refer, so that one that is abandoned can be cleaned. */
    private static final class Filler<B> {
        private final Sequence<B> sequence;
        private final BlockingQueue<B> free;
        private final BlockingQueue<Turn<B>> ready = new ArrayBlockingQueue<>(BUFFERS + 1);
        private final Thread thread = Thread.ofPlatform().daemon().name("chainrule-batches").unstarted(this::run);
        private volatile boolean stopped;

        Filler(Sequence<B> sequence, List<B> buffers) {
            this.sequence = sequence;
            this.free = new ArrayBlockingQueue<>(BUFFERS, false, buffers);
        }

        void stop() {
            stopped = true;
            thread.interrupt();
        }

        private void run() {
            try {
                while (!stopped) ready.add(new Turn.Filled<>(sequence.fill(free.take())));
                ready.add(new Turn.Ended<>());
            } catch (InterruptedException _) {
                ready.add(new Turn.Ended<>());
            } catch (Throwable failure) {
                ready.add(stopped ? new Turn.Ended<>() : new Turn.Failed<>(failure));
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
