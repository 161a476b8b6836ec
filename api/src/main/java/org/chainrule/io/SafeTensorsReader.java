package org.chainrule.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.chainrule.DataFormatException;

/** Reads a safetensors file and refuses whatever the format does not allow. */
final class SafeTensorsReader {
    /** The limit that the format's own implementation sets. */
    private static final long MAX_HEADER = 100_000_000;

    private static final int ALIGNMENT = 64;
    private static final int CHUNK = 1 << 30;

    private final Path file;
    private final FileChannel channel;
    private final long fileSize;

    private record Span(String name, StorageType type, long[] shape, long begin, long end) {}

    private SafeTensorsReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.fileSize = channel.size();
    }

    static SafeTensors read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return new SafeTensorsReader(file, channel).read();
        } catch (IOException e) {
            throw StorageFailure.reading(file, e);
        }
    }

    private SafeTensors read() throws IOException {
        long headerLength = headerLength();
        long dataStart = 8 + headerLength;
        Map<String, Json> header = header((int) headerLength);
        Map<String, String> metadata = metadata(header);
        List<Span> spans = spans(header, dataStart);
        requireTiling(spans, dataStart);

        MemorySegment data = Arena.ofAuto().allocate(fileSize - dataStart, ALIGNMENT);
        fill(data, dataStart);
        SequencedMap<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Span span : spans) {
            tensors.put(span.name, new StoredTensor(span.name, span.type, span.shape,
                    data.asSlice(span.begin, span.end - span.begin)));
        }
        return new SafeTensors(metadata, tensors);
    }

    private long headerLength() throws IOException {
        if (fileSize < 8) {
            throw refuse(0, "8 bytes with the header's length", fileSize + " bytes in the whole file");
        }
        ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(prefix, 0);
        long length = prefix.getLong(0);
        if (length < 2 || length > MAX_HEADER) {
            throw refuse(0, "a header's length from 2 to " + MAX_HEADER,
                    Long.toUnsignedString(length) + "; this is not a safetensors file");
        }
        if (length > fileSize - 8) {
            throw refuse(0, "a header of " + length + " bytes", (fileSize - 8) + " bytes after its length"
                    + truncated(length - (fileSize - 8)));
        }
        return length;
    }

    private Map<String, Json> header(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        readFully(bytes, 8);
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new DataFormatException(file + ": at byte " + (8 + bytes.position())
                    + ": expected a header in UTF-8, found a malformed byte sequence", e);
        }
        if (text.charAt(0) != '{') {
            throw refuse(8, "'{' at the start of the header", "'" + text.charAt(0) + "'");
        }
        return Json.parse(file + " (header at byte 8)", text).asObject();
    }

    private Map<String, String> metadata(Map<String, Json> header) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Json found = header.getOrDefault(SafeTensors.METADATA, new Json.Obj(Map.of()));
        if (!(found instanceof Json.Obj(var members))) {
            throw refuse(8, "an object under " + SafeTensors.METADATA, found.text());
        }
        members.forEach((key, value) -> {
            if (!(value instanceof Json.Str(var text))) {
                throw refuse(8, "a string for metadata '" + key + "'", value.text());
            }
            metadata.put(key, text);
        });
        return metadata;
    }

    private List<Span> spans(Map<String, Json> header, long dataStart) {
        List<Span> spans = new ArrayList<>();
        header.forEach((name, entry) -> {
            if (!name.equals(SafeTensors.METADATA)) {
                spans.add(span(name, entry, dataStart));
            }
        });
        spans.sort(Comparator.comparingLong(Span::begin).thenComparingLong(Span::end).thenComparing(Span::name));
        return spans;
    }

    private Span span(String name, Json entry, long dataStart) {
        if (!(entry instanceof Json.Obj(var members)) || members.size() != 3) {
            throw wrong(name, "an object of dtype, shape and data_offsets", entry.text());
        }
        StorageType type = type(name, members);
        long[] shape = wholes(name, "shape", members);
        long[] offsets = wholes(name, "data_offsets", members);
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw wrong(name, "data_offsets [begin, end] with begin <= end", Arrays.toString(offsets));
        }
        long available = fileSize - dataStart;
        if (offsets[1] > available) {
            throw new DataFormatException(file + ": tensor '" + name + "' at byte " + (dataStart + offsets[0])
                    + ": expected data up to byte " + Long.toUnsignedString(dataStart + offsets[1])
                    + ", found the file's end at byte "
                    + fileSize + truncated(dataStart + offsets[1] - fileSize));
        }
        long bytes = StoredTensor.byteSize(type, shape);
        if (bytes != offsets[1] - offsets[0]) {
            throw wrong(name, (bytes < 0 ? "a shape whose size fits in 64 bits" : bytes + " bytes of data")
                    + " for " + type + Arrays.toString(shape),
                    (offsets[1] - offsets[0]) + " bytes at byte " + (dataStart + offsets[0]));
        }
        return new Span(name, type, shape, offsets[0], offsets[1]);
    }

    private StorageType type(String name, Map<String, Json> members) {
        return Optional.ofNullable(members.get("dtype"))
                .flatMap(found -> Arrays.stream(StorageType.values())
                        .filter(type -> found instanceof Json.Str(var text) && text.equals(type.name())).findFirst())
                .orElseThrow(() -> wrong(name, "dtype to be one of " + Arrays.toString(StorageType.values()),
                        members.containsKey("dtype") ? members.get("dtype").text() : "no dtype"));
    }

    private long[] wholes(String name, String key, Map<String, Json> members) {
        Json found = members.getOrDefault(key, new Json.Null());
        if (!(found instanceof Json.Arr(var elements))
                || !elements.stream().allMatch(each -> each instanceof Json.Int(var value) && value >= 0)) {
            throw wrong(name, key + " to be a list of whole numbers from 0", found.text());
        }
        return elements.stream().mapToLong(Json::asLong).toArray();
    }

    private void requireTiling(List<Span> spans, long dataStart) {
        long end = 0;
        String before = "the header";
        for (Span span : spans) {
            if (span.begin != end) {
                throw new DataFormatException(file + ": tensor '" + span.name + "' at byte " + (dataStart + span.begin)
                        + ": expected its data right after " + before + " at byte " + (dataStart + end) + ", found "
                        + (span.begin < end ? "an overlap" : "a hole"));
            }
            end = span.end;
            before = "tensor '" + span.name + "'";
        }
        if (dataStart + end != fileSize) {
            throw refuse(dataStart + end, "the file's end after " + before,
                    (fileSize - dataStart - end) + " more bytes");
        }
    }

    private void fill(MemorySegment data, long dataStart) throws IOException {
        for (long from = 0; from < data.byteSize(); from += CHUNK) {
            long size = Math.min(CHUNK, data.byteSize() - from);
            readFully(data.asSlice(from, size).asByteBuffer(), dataStart + from);
        }
    }

    private void readFully(ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining()) {
            long at = from + into.position();
            if (channel.read(into, at) < 0) {
                throw refuse(at, into.remaining() + " more bytes", "the file's end; it shrank while it was read");
            }
        }
    }

    private static String truncated(long missing) {
        return "; the file is truncated by at least " + Long.toUnsignedString(missing)
                + " bytes: copy or download it again";
    }

    private DataFormatException wrong(String tensor, String expected, String found) {
        return new DataFormatException(file + ": tensor '" + tensor + "' in the header at byte 8: expected " + expected
                + ", found " + found);
    }

    private DataFormatException refuse(long at, String expected, String found) {
        return new DataFormatException(file + ": at byte " + at + ": expected " + expected + ", found " + found);
    }
}
