package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.one;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;

/** Attention and what goes with it. */
final class OnnxAttention {
    static final Map<String, OnnxOp> TABLE =
            Map.ofEntries(entry("Attention", OnnxAttention::attention),
                    entry("RotaryEmbedding", one(OnnxAttention::rotary)));

    private OnnxAttention() {}

    /**
     * {@code softmax(softcap(scale · Q Kᵀ) + mask) V} for {@code [batch, heads, length, size]}, or the same with the
     * heads laid side by side in the last of three axes; a head of keys may serve several of queries.
     */
    private static List<Tensor> attention(Call c) {
        NodeAttributes a = c.attributes();
        boolean causal = a.flag("is_causal", false);
        int queryHeads = HostValues.clamped(a.integer("q_num_heads", 0)),
                keyHeads = HostValues.clamped(a.integer("kv_num_heads", 0));
        double softcap = a.number("softcap", 0);
        long mode = a.integer("qk_matmul_output_mode", 0);
        a.integer("softmax_precision").ifPresent(t -> {
            if (ElementType.required(t).dtype() != c.in(0).dtype())
                throw c.unsupported("softmax_precision " + ElementType.required(t));
        });
        if (c.has(6)) throw c.unsupported("input nonpad_kv_seqlen");
        boolean flat = c.in(0).shape().rank() == 3;
        Tensor q = flat ? heads(c.in(0), queryHeads) : c.in(0), k = flat ? heads(c.in(1), keyHeads) : c.in(1),
                v = flat ? heads(c.in(2), keyHeads) : c.in(2);
        if (c.has(4)) k = Tensor.concat(2, c.in(4), k);
        if (c.has(5)) v = Tensor.concat(2, c.in(5), v);
        Tensor presentKey = k, presentValue = v;
        int serves = q.shape().dim(1) / k.shape().dim(1);
        if (serves > 1) {
            k = k.repeatInterleave(1, serves);
            v = v.repeatInterleave(1, serves);
        }
        double scale = Math.sqrt(a.number("scale", 1 / Math.sqrt(q.shape().dim(3))));
        Tensor product = q.times(scale).matmul(k.times(scale).t());
        Tensor capped = softcap > 0 ? product.over(softcap).tanh().times(softcap) : product;
        Tensor masked = c.has(3) ? masked(c, capped, c.in(3)) : capped;
        if (causal) {
            int past = c.has(4) ? c.in(4).shape().dim(2) : 0;
            Tensor ahead = c.session()
                    .constant(Shape.of(masked.shape().dim(2), masked.shape().dim(3)), DType.BOOL, 1)
                    .triu(past + 1);
            masked = masked.maskedFill(ahead, Double.NEGATIVE_INFINITY);
        }
        Tensor weights = masked.softmax(-1);
        Tensor y = weights.matmul(v);
        List<Tensor> out = new ArrayList<>(List.of(flat ? side(y) : y, presentKey, presentValue));
        out.add(switch ((int) mode) {
            case 0 -> product;
            case 1 -> capped;
            case 2 -> masked;
            case 3 -> weights;
            default -> throw c.unsupported("qk_matmul_output_mode " + mode);
        });
        return out;
    }

    private static Tensor masked(Call c, Tensor scores, Tensor mask) {
        int keys = scores.shape().dim(3);
        Tensor m = mask.dtype() == DType.BOOL
                ? mask.where(c.constant(scores, 0), c.constant(scores, Double.NEGATIVE_INFINITY))
                        .expandTo(mask.shape())
                : mask;
        int lacking = keys - m.shape().dim(-1);
        return scores.plus(lacking > 0 ? m.pad(-1, 0, lacking, Double.NEGATIVE_INFINITY) : m);
    }

    private static Tensor heads(Tensor x, int n) {
        return x.reshape(x.shape().dim(0), x.shape().dim(1), n, -1).permute(0, 2, 1, 3);
    }

    private static Tensor side(Tensor x) {
        return x.permute(0, 2, 1, 3).reshape(x.shape().dim(0), x.shape().dim(2), -1);
    }

    /** Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding", equation 34: pairs of features turned by angles. */
    private static Tensor rotary(Call c) {
        NodeAttributes a = c.attributes();
        boolean interleaved = a.flag("interleaved", false), flat = c.in(0).shape().rank() == 3;
        int numHeads = HostValues.clamped(a.integer("num_heads", 0)),
                asked = HostValues.clamped(a.integer("rotary_embedding_dim", 0));
        Tensor x = flat ? heads(c.in(0), numHeads) : c.in(0);
        int size = x.shape().dim(3), turned = asked == 0 ? size : asked;
        Tensor cos = c.in(1), sin = c.in(2);
        if (c.has(3)) {
            Tensor at = Call.indices(c.in(3), cos.shape().dim(0));
            cos = cos.embedding(at);
            sin = sin.embedding(at);
        }
        cos = cos.slice(-1, 0, turned / 2).unsqueeze(1);
        sin = sin.slice(-1, 0, turned / 2).unsqueeze(1);
        Tensor part = x.slice(3, 0, turned);
        Tensor first = interleaved ? part.slice(3, 0, turned, 2) : part.slice(3, 0, turned / 2),
                second = interleaved ? part.slice(3, 1, turned, 2) : part.slice(3, turned / 2, turned);
        Tensor real = first.times(cos).minus(second.times(sin)), imaginary = first.times(sin).plus(second.times(cos));
        Tensor both = interleaved ? Tensor.stack(-1, real, imaginary).reshape(part.shape())
                : Tensor.concat(3, real, imaginary);
        Tensor y = turned < size ? Tensor.concat(3, both, x.slice(3, turned, size)) : both;
        return flat ? side(y) : y;
    }
}
