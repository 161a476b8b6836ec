package org.chainrule.train;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.data.Dataset;
import org.chainrule.data.Samples;
import org.chainrule.data.TextWindows;

/**
 * Samples, and how a batch of them becomes tensors.
 *
 * @param <B> the buffers of a batch
 */
public interface Feed<B> {
    Samples<B> samples();

    /** New tensors on the device for batches of exactly {@code size} samples. */
    Slot<B> slot(Session session, int size);

    /** The number of samples. */
    default int size() {
        return samples().size();
    }

    /** The tensors that batches of one size are written to; graphs and steps built from them see the batch written last. */
    interface Slot<B> {
        /** What the model is applied to. */
        Tensor input();

        /** What its output is compared with. */
        Tensor target();

        /** Uploads a batch. */
        void write(B buffers);
    }

    /**
     * Inputs {@code [batch, sample shape…]} f32; targets {@code [batch]} i64 class indices, or {@code [batch, width]} f32
     * values.
     */
    static Feed<Dataset.Buffers> of(Dataset dataset) {
        return new Feed<>() {
            @Override
            public Samples<Dataset.Buffers> samples() {
                return dataset;
            }

            @Override
            public Slot<Dataset.Buffers> slot(Session session, int size) {
                int[] shape = IntStream.concat(IntStream.of(size), Arrays.stream(dataset.sampleShape())).toArray();
                Tensor input = session.full(Shape.of(shape), DType.F32, 0);
                return switch (dataset.targets()) {
                    case Dataset.Labels _ -> new DatasetSlot(input, session.full(Shape.of(size), DType.I32, 0));
                    case Dataset.Values(var _, int width) ->
                            new DatasetSlot(input, session.full(Shape.of(size, width), DType.F32, 0));
                };
            }
        };
    }

    /** Inputs {@code [batch, window]} i64 codes; targets {@code [batch]}, the code that follows each window. */
    static Feed<TextWindows.Buffers> of(TextWindows windows) {
        return new Feed<>() {
            @Override
            public Samples<TextWindows.Buffers> samples() {
                return windows;
            }

            @Override
            public Slot<TextWindows.Buffers> slot(Session session, int size) {
                Shape shape = Shape.of(size, windows.window());
                return new WindowsSlot(session.full(shape, DType.I32, 0), session.full(shape, DType.I32, 0));
            }
        };
    }
}

/** Labels are uploaded as i32, which the buffers hold, and widened on the device. */
record DatasetSlot(Tensor input, Tensor uploaded) implements Feed.Slot<Dataset.Buffers> {
    @Override
    public Tensor target() {
        return uploaded.dtype() == DType.I32 ? uploaded.to(DType.I64) : uploaded;
    }

    @Override
    public void write(Dataset.Buffers b) {
        Session session = input.session();
        session.write(input, MemorySegment.ofArray(b.features()).asSlice(0, 4 * input.shape().size()));
        MemorySegment targets = uploaded.dtype() == DType.I32 ? MemorySegment.ofArray(b.labels())
                : MemorySegment.ofArray(b.values());
        session.write(uploaded, targets.asSlice(0, 4 * uploaded.shape().size()));
    }
}

record WindowsSlot(Tensor codes, Tensor next) implements Feed.Slot<TextWindows.Buffers> {
    @Override
    public Tensor input() {
        return codes.to(DType.I64);
    }

    @Override
    public Tensor target() {
        return next.select(1, next.shape().dim(1) - 1).to(DType.I64);
    }

    @Override
    public void write(TextWindows.Buffers b) {
        long bytes = 4 * codes.shape().size();
        codes.session().write(codes, MemorySegment.ofArray(b.codes()).asSlice(0, bytes));
        next.session().write(next, MemorySegment.ofArray(b.next()).asSlice(0, bytes));
    }
}
