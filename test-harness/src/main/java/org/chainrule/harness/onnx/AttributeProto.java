package org.chainrule.harness.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An argument of a node that is no tensor of the graph: what it holds by the kind that it names. */
record AttributeProto(String name, Value value) {
    /** What an attribute holds. */
    sealed interface Value {
        record Real(float value) implements Value {}

        record Whole(long value) implements Value {}

        record Text(String value) implements Value {}

        record Elements(TensorProto value) implements Value {}

        record Reals(List<Float> values) implements Value {}

        record Wholes(List<Long> values) implements Value {}

        record Texts(List<String> values) implements Value {}

        /** A kind that no op here takes: a graph, a sequence, a sparse tensor, a reference to a function's attribute. */
        record Other(String kind) implements Value {}
    }

    static AttributeProto read(WireReader in) {
        String name = "", text = "", reference = "";
        int type = 0;
        float real = 0;
        long whole = 0;
        Optional<TensorProto> tensor = Optional.empty();
        List<Float> reals = new ArrayList<>();
        List<Long> wholes = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> real = in.float32();
                case 3 -> whole = in.integer();
                case 4 -> text = in.text();
                case 5 -> tensor = Optional.of(TensorProto.read(in.message("TensorProto")));
                case 7 -> in.floats(reals);
                case 8 -> in.integers(wholes);
                case 9 -> texts.add(in.text());
                case 20 -> type = in.int32();
                case 21 -> reference = in.text();
                default -> in.skip();
            }
        }
        if (!reference.isEmpty())
            return new AttributeProto(name, new Value.Other("reference to attribute '" + reference + "'"));
        return new AttributeProto(name, switch (type) {
            case 1 -> new Value.Real(real);
            case 2 -> new Value.Whole(whole);
            case 3 -> new Value.Text(text);
            case 4 -> new Value.Elements(tensor
                    .orElseThrow(() -> in.refuse(in.offset(), "a tensor in an attribute of that kind", "none")));
            case 5 -> new Value.Other("graph");
            case 6 -> new Value.Reals(List.copyOf(reals));
            case 7 -> new Value.Wholes(List.copyOf(wholes));
            case 8 -> new Value.Texts(List.copyOf(texts));
            case 9 -> new Value.Other("list of tensors");
            case 10 -> new Value.Other("list of graphs");
            case 11, 12 -> new Value.Other("sparse tensor");
            case 13, 14 -> new Value.Other("type");
            default -> throw in.refuse(in.offset(), "a kind of attribute from 1 to 14", Integer.toString(type));
        });
    }
}
