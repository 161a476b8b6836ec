package org.chainrule.cli.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Encodes grayscale images as PNG (ISO/IEC 15948): one IHDR, one IDAT with unfiltered rows, one IEND. */
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte BIT_DEPTH = 8;
    private static final byte GRAYSCALE = 0;

    private Png() {}

    static String dataUri(GrayImage image) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(encode(image));
    }

    static byte[] encode(GrayImage image) {
        var header = ByteBuffer.allocate(13)
                .putInt(image.width()).putInt(image.height())
                .put(BIT_DEPTH).put(GRAYSCALE).put(new byte[3]).array();
        var out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        chunk(out, "IHDR", header);
        chunk(out, "IDAT", deflate(scanlines(image)));
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static byte[] scanlines(GrayImage image) {
        var lines = new byte[image.height() * (image.width() + 1)];
        int at = 0;
        for (int y = 0; y < image.height(); y++) {
            lines[at++] = 0;
            for (int x = 0; x < image.width(); x++) {
                lines[at++] = (byte) image.at(x, y);
            }
        }
        return lines;
    }

    private static byte[] deflate(byte[] data) {
        try (var deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
            deflater.setInput(data);
            deflater.finish();
            var out = new ByteArrayOutputStream();
            var buffer = new byte[4096];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        }
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
        var body = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data).array();
        var crc = new CRC32();
        crc.update(body);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(body);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
