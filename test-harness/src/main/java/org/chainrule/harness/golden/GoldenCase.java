package org.chainrule.harness.golden;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.DataFormatException;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.io.SafeTensors;
import org.chainrule.io.StoredTensor;

/**
 * One recorded case: an op, its inputs, and the outputs and gradients that another library computed in float64. Every
 * input is exactly representable in float32.
 *
 * @param group the folder it lies in
 * @param name the file's name without its ending
 */
public record GoldenCase(String group, String name, Map<String, String> metadata, Map<String, StoredTensor> tensors) {
    private static final String ENDING = ".safetensors";

    /** Reads a case. @throws DataFormatException where the file does not hold one */
    public static GoldenCase read(Path file) {
        SafeTensors f = SafeTensors.read(file);
        return new GoldenCase(group(file), name(file), f.metadata(), f.tensors());
    }

    /** The name of the case in a file. */
    public static String name(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    /** The group that a file belongs to: the folder it lies in. */
    public static String group(Path file) {
        Path path = file.toAbsolutePath();
        return path.getNameCount() < 2 ? "" : path.getName(path.getNameCount() - 2).toString();
    }

    public String op() {
        return required("op");
    }

    /** {@code regular}, {@code empty}, {@code kink}, {@code tie}, {@code special} or {@code training}. */
    public String kind() {
        return required("kind");
    }

    /** What the other library ran: it settles every question about meaning. */
    public String code() {
        return required("code");
    }

    /** How the scalar of a second-order case is made from the gradients. */
    public Optional<String> second() {
        return Optional.ofNullable(metadata.get("second"));
    }

    public Attributes attributes() {
        return Attributes.of(metadata);
    }

    public int inputs() {
        return Integer.parseInt(required("n_inputs"));
    }

    public int outputs() {
        return Integer.parseInt(required("n_outputs"));
    }

    public List<Integer> differentiableInputs() {
        return integers("diff_inputs");
    }

    public List<Integer> differentiableOutputs() {
        return integers("diff_outputs");
    }

    /** The view through which the op sees input {@code i}, where it is not the input itself. */
    public Optional<String> view(int i) {
        Optional<String> view = Optional.ofNullable(metadata.get("view." + i));
        return view.isEmpty() && code().contains("(" + (char) ('a' + i) + ".t(),") ? Optional.of("t()") : view;
    }

    /** @throws DataFormatException listing the names there are, if it is absent */
    public StoredTensor stored(String tensor) {
        StoredTensor t = tensors.get(tensor);
        if (t == null) throw new DataFormatException(
                this + ": expected a tensor '" + tensor + "', found only " + tensors.keySet());
        return t;
    }

    /** A stored tensor on a device; floating-point ones as {@code real}. */
    public Tensor tensor(Session session, String tensor, DType real) {
        StoredTensor t = stored(tensor);
        Shape shape = shape(t);
        return switch (dtype(t, real)) {
            case F64 -> session.tensor(shape, t.toDoubles());
            case F32 -> session.tensor(shape, t.toFloats());
            case I64 -> session.tensor(shape, t.toLongs());
            case BOOL -> session.tensor(shape, DType.BOOL,
                    MemorySegment.ofArray(t.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
            case I32, F16, BF16 ->
                    throw new DataFormatException(this + ": tensor '" + tensor + "' has type " + t.type());
        };
    }

    /**
     * What is wrong with {@code got} beside a recorded tensor: an element that is further off than {@code relative} of the greatest
     * finite magnitude recorded, and is not the same special value.
     */
    public Optional<String> difference(String tensor, double[] got, double relative) {
        double[] want = stored(tensor).toDoubles();
        if (want.length != got.length)
            return Optional.of(tensor + ": " + got.length + " numbers, expected " + want.length);
        double scale = Arrays.stream(want).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        for (int i = 0; i < got.length; i++) {
            if (Double.compare(want[i], got[i]) == 0 || Math.abs(want[i] - got[i]) <= relative * scale) continue;
            return Optional.of(tensor + "[" + i + "] is " + got[i] + ", expected " + want[i] + ", the greatest being "
                    + scale);
        }
        return Optional.empty();
    }

    static Shape shape(StoredTensor t) {
        return Shape.of(Arrays.stream(t.shape()).mapToInt(Math::toIntExact).toArray());
    }

    static DType dtype(StoredTensor t, DType real) {
        return switch (t.type()) {
            case F64, F32 -> real;
            case I64 -> DType.I64;
            case BOOL -> DType.BOOL;
            default -> throw new DataFormatException(
                    "tensor '" + t.name() + "' has type " + t.type() + "; a case holds F64, F32, I64 and BOOL");
        };
    }

    private String required(String key) {
        return Optional.ofNullable(metadata.get(key))
                .orElseThrow(() -> new DataFormatException(this + ": no '" + key + "' in the metadata"));
    }

    private List<Integer> integers(String key) {
        String list = required(key).replaceAll("[\\[\\]\\s]", "");
        return list.isEmpty() ? List.of() : Arrays.stream(list.split(",")).map(Integer::valueOf).toList();
    }

    /** The inputs {@code input.0}, {@code input.1}, … on a device. */
    public List<Tensor> inputs(Session session, DType real) {
        return new ArrayList<>(
                IntStream.range(0, inputs()).mapToObj(i -> tensor(session, "input." + i, real)).toList());
    }

    /** As {@code group/name}. */
    @Override
    public String toString() {
        return group + "/" + name;
    }
}
