/// Width and height of an image, read from the first bytes of its file.
package struct ImageSize: Sendable, Equatable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads PNG, JPEG, GIF and WebP; nil for anything else.
  package init?(base64 text: JSONText) {
    self.init(file: Base64Window(text))
  }

  private init?(file: Base64Window) {
    switch (file[0], file[1]) {
    case (0x89, 0x50): self.init(file.bigEndian(16, 4), file.bigEndian(20, 4))
    case (0x47, 0x49): self.init(file.littleEndian(6, 2), file.littleEndian(8, 2))
    case (0x52, 0x49): self.init(webP: file)
    case (0xFF, 0xD8): self.init(jpeg: file)
    default: return nil
    }
  }

  /// Sizes that no vendor takes are not believed.
  private init?(_ width: Int?, _ height: Int?) {
    guard let width, let height, 1...65_535 ~= width, 1...65_535 ~= height else { return nil }
    self.init(width: width, height: height)
  }

  private init?(webP file: Base64Window) {
    guard file[8] == 0x57, file[12] == 0x56, file[13] == 0x50, file[14] == 0x38 else { return nil }
    switch file[15] {
    case UInt8(ascii: " "):
      self.init(
        file.littleEndian(26, 2).map { $0 & 0x3FFF }, file.littleEndian(28, 2).map { $0 & 0x3FFF })
    case UInt8(ascii: "L"):
      let bits = file.littleEndian(21, 4)
      self.init(bits.map { $0 & 0x3FFF + 1 }, bits.map { $0 >> 14 & 0x3FFF + 1 })
    case UInt8(ascii: "X"):
      self.init(file.littleEndian(24, 3).map { $0 + 1 }, file.littleEndian(27, 3).map { $0 + 1 })
    default: return nil
    }
  }

  /// The frame header may stand behind large profiles and previews, which are stepped over.
  private init?(jpeg file: Base64Window) {
    var at = 2
    for _ in 0..<1000 {
      guard let mark = file[at], let kind = file[at + 1], mark == 0xFF else { return nil }
      switch kind {
      case 0xFF: at += 1
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        self.init(file.bigEndian(at + 7, 2), file.bigEndian(at + 5, 2))
        return
      case 0x01, 0xD0...0xD7: at += 2
      default:
        guard let length = file.bigEndian(at + 2, 2), length >= 2 else { return nil }
        at += 2 + length
      }
    }
    return nil
  }

  /// Scaled down until the longer edge fits.
  func fitted(within limit: Int) -> ImageSize {
    scaled(from: max(width, height), to: limit)
  }

  /// Scaled down until the shorter edge fits.
  func fitted(shorterEdgeWithin limit: Int) -> ImageSize {
    scaled(from: min(width, height), to: limit)
  }

  private func scaled(from edge: Int, to limit: Int) -> ImageSize {
    guard edge > limit else { return self }
    return ImageSize(
      width: max(1, (width * limit + edge - 1) / edge),
      height: max(1, (height * limit + edge - 1) / edge))
  }
}
