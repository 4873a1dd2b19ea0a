/// Gzip that stores its input, for answers that only have to be valid.
package enum StoredGzip {
  /// Wraps `bytes` in a gzip member of stored blocks.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
      let end = min(start + 65_535, bytes.count)
      let length = UInt16(end - start)
      output.append(end == bytes.count ? 1 : 0)
      append(UInt32(length) | UInt32(~length) << 16, to: &output)
      output += bytes[start..<end]
      start = end
    } while start < bytes.count
    append(checksum(bytes), to: &output)
    append(UInt32(truncatingIfNeeded: bytes.count), to: &output)
    return output
  }

  private static func append(_ value: UInt32, to output: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] {
      output.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 {
        value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
    return ~value
  }
}
