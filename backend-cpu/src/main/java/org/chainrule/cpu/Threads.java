package org.chainrule.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.chainrule.ClosedException;
import org.chainrule.InvalidArgumentException;
import org.jspecify.annotations.Nullable;

/**
 * A fixed pool of daemon threads that splits chunks evenly among its members, the caller being one of them. Workers spin for {@value #SPIN_NANOS} ns
 * after a job and then park. A nested call, or a call while another thread uses the pool, runs in the calling thread.
 */
public final class Threads implements AutoCloseable {
    /** The system property with the number of threads, callers included. */
    public static final String PROPERTY = "chainrule.threads";

    private static final long SPIN_NANOS = 40_000;
    /** From here a spinning thread lets others have its core: the one it waits for may be queued for it. */
    private static final long YIELD_NANOS = 2_000;
    private static final int SPINS_PER_LOOK = 64;

    private final Worker[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicInteger running = new AtomicInteger();
    private volatile @Nullable Thread waiting;
    private volatile boolean closed;
    private @Nullable Throwable failure;
    private IntConsumer body = Threads::idle;
    private int chunks;
    private int members;

    /** A pool of {@code size} threads, the caller of {@link #parallel} included. */
    public Threads(int size) {
        if (size < 1) {
            throw new InvalidArgumentException("threads: " + size + "; at least 1 is needed");
        }
        workers = new Worker[size - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    /** A pool of the size in the system property {@value #PROPERTY}, by default one thread per available processor. */
    public static Threads configured() {
        String value = System.getProperty(PROPERTY);
        if (value == null) {
            return new Threads(Runtime.getRuntime().availableProcessors());
        }
        if (!value.matches("0*[1-9][0-9]{0,3}")) {
            throw new InvalidArgumentException(
                    "-D" + PROPERTY + "=" + value + ": a whole number from 1 to 9999 is needed");
        }
        return new Threads(Integer.parseInt(value));
    }

    /** The number of threads that share a job. */
    public int size() {
        return workers.length + 1;
    }

    /**
     * Calls {@code body} once with each chunk number in 0 … chunks and returns when all calls have ended. Each thread takes one run of adjacent
     * chunks. The first exception is rethrown here, later ones are added to it as suppressed; a thread that fails skips the rest of its chunks.
     */
    public void parallel(int chunks, IntConsumer body) {
        if (closed) {
            throw new ClosedException("this thread pool is closed");
        }
        if (chunks <= 1 || workers.length == 0 || !busy.compareAndSet(false, true)) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                body.accept(chunk);
            }
            return;
        }
        try {
            share(chunks, body);
        } finally {
            busy.set(false);
        }
    }

    private void share(int chunks, IntConsumer body) {
        this.body = body;
        this.chunks = chunks;
        members = Math.min(chunks, size());
        running.set(members - 1);
        for (int i = 0; i < members - 1; i++) {
            workers[i].wake();
        }
        work(0);
        await();
        Throwable thrown = failure;
        failure = null;
        this.body = Threads::idle;
        if (thrown instanceof Error e) {
            throw e;
        }
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
    }

    private static void idle(int chunk) {
    }

    private void work(int member) {
        int end = (int) ((long) chunks * (member + 1) / members);
        try {
            for (int chunk = (int) ((long) chunks * member / members); chunk < end; chunk++) {
                body.accept(chunk);
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private synchronized void failed(Throwable e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // only speed depends on it: others may need this core
    private void await() {
        long start = 0;
        for (int spins = 1; running.get() != 0; spins++) {
            Thread.onSpinWait();
            if (spins % SPINS_PER_LOOK == 0) {
                long time = System.nanoTime();
                if (start == 0) {
                    start = time;
                } else if (time - start > SPIN_NANOS) {
                    parkUntilDone();
                    return;
                } else if (time - start > YIELD_NANOS) {
                    Thread.yield();
                }
            }
        }
    }

    private void parkUntilDone() {
        boolean interrupted = false;
        waiting = Thread.currentThread();
        while (running.get() != 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        waiting = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void done() {
        if (running.decrementAndGet() == 0) {
            Thread caller = waiting;
            if (caller != null) {
                LockSupport.unpark(caller);
            }
        }
    }

    /** Ends the workers; the pool cannot be used afterwards. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private final class Worker extends Thread {
        private final int member;
        private volatile int ticket;
        private volatile boolean parked;

        Worker(int member) {
            super("chainrule-cpu-" + member);
            this.member = member;
            setDaemon(true);
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer at a time: the holder of busy
        void wake() {
            int next = ticket + 1;
            ticket = next;
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            int seen = 0;
            while (next(seen)) {
                seen++;
                work(member);
                done();
            }
        }

        /** Waits for the ticket after {@code seen}; false once the pool is closed and no job is left. */
        @SuppressWarnings("ThreadPriorityCheck") // as in await
        private boolean next(int seen) {
            long start = 0;
            for (int spins = 1; ticket == seen; spins++) {
                Thread.onSpinWait();
                if (spins % SPINS_PER_LOOK == 0) {
                    long time = System.nanoTime();
                    if (start == 0) {
                        start = time;
                    } else if (time - start > SPIN_NANOS) {
                        return parkUntil(seen);
                    } else if (time - start > YIELD_NANOS) {
                        Thread.yield();
                    }
                }
            }
            return true;
        }

        private boolean parkUntil(int seen) {
            parked = true;
            while (ticket == seen && !closed) {
                LockSupport.park(Threads.this);
                Thread.interrupted();
            }
            parked = false;
            return ticket != seen;
        }
    }
}
