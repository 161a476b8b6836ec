package org.chainrule.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.StorageException;

/**
 * The content of a safetensors file: named tensors and a map of strings.
 *
 * <p>The file is: 8 bytes, the length of the header as an unsigned little-endian integer; the header, a JSON object from
 * each tensor's name to {@code dtype}, {@code shape} and {@code data_offsets} (begin and end, counted from the end of
 * the header), with the strings under {@code __metadata__}; the data, without holes.
 *
 * @param metadata strings by key, sorted by key
 * @param tensors tensors by name, in the order of their data
 */
public record SafeTensors(Map<String, String> metadata, Map<String, StoredTensor> tensors) {
    static final String METADATA = "__metadata__";
    private static final int ALIGNMENT = 8;
    private static final int CHUNK = 1 << 30;

    /** @throws InvalidArgumentException if a tensor stands under another name than its own, or is called __metadata__ */
    public SafeTensors {
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
        tensors.forEach((name, tensor) -> {
            if (!name.equals(tensor.name()) || name.equals(METADATA)) {
                throw new InvalidArgumentException(
                        "tensor '" + tensor.name() + "' cannot be stored under the name '" + name + "'");
            }
        });
    }

    /** Puts tensors and strings together. @throws InvalidArgumentException if two tensors have the same name */
    public static SafeTensors of(Map<String, String> metadata, Collection<StoredTensor> tensors) {
        SequencedMap<String, StoredTensor> byName = new LinkedHashMap<>();
        for (StoredTensor tensor : tensors) {
            if (byName.put(tensor.name(), tensor) != null) {
                throw new InvalidArgumentException("two tensors are named '" + tensor.name() + "'; names must differ");
            }
        }
        return new SafeTensors(metadata, byName);
    }

    /**
     * Reads a whole file into memory outside the Java heap; nothing refers to the file afterwards.
     *
     * @throws StorageException if the file cannot be read
     * @throws DataFormatException if anything in it breaks the format: sizes, offsets, holes, overlaps, names, types
     */
    public static SafeTensors read(Path file) {
        return SafeTensorsReader.read(file);
    }

    /** The tensor of that name. @throws DataFormatException listing the names there are, if it is absent */
    public StoredTensor tensor(String name) {
        StoredTensor found = tensors.get(name);
        if (found == null) {
            throw new DataFormatException("expected a tensor '" + name + "', found only " + tensors.keySet());
        }
        return found;
    }

    /**
     * Replaces {@code file} as {@link AtomicFile} does. Equal content gives equal bytes: tensors are laid out by
     * decreasing element size, then by name, so that each is aligned to its elements; the data starts at a multiple of 8.
     *
     * @throws StorageException if the file cannot be written; what was there before is unchanged
     */
    public void write(Path file) {
        List<StoredTensor> layout = tensors.values().stream()
                .sorted(Comparator.<StoredTensor>comparingInt(tensor -> -tensor.type().bytes())
                        .thenComparing(StoredTensor::name))
                .toList();
        byte[] header = header(layout);
        AtomicFile.write(file, channel -> {
            ByteBuffer prefix = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFile.writeFully(channel, prefix.putLong(header.length).put(header).flip());
            for (StoredTensor tensor : layout) {
                writeData(channel, tensor);
            }
        });
    }

    private byte[] header(List<StoredTensor> layout) {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            members.put(METADATA, Json.ofStrings(metadata));
        }
        long offset = 0;
        for (StoredTensor tensor : layout) {
            SequencedMap<String, Json> entry = new LinkedHashMap<>();
            entry.put("dtype", new Json.Str(tensor.type().name()));
            entry.put("shape", Json.ofLongs(tensor.shape()));
            entry.put("data_offsets", Json.ofLongs(offset, offset += tensor.data().byteSize()));
            members.put(tensor.name(), new Json.Obj(entry));
        }
        StringBuilder text = new StringBuilder(new Json.Obj(members).text());
        int length = text.toString().getBytes(StandardCharsets.UTF_8).length;
        text.repeat(' ', Math.floorMod(-length, ALIGNMENT));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void writeData(WritableByteChannel channel, StoredTensor tensor) throws IOException {
        long size = tensor.data().byteSize();
        for (long from = 0; from < size; from += CHUNK) {
            AtomicFile.writeFully(channel, tensor.data().asSlice(from, Math.min(CHUNK, size - from)).asByteBuffer());
        }
    }
}
