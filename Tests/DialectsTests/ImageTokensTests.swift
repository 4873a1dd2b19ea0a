import Testing

@testable import Dialects

struct `Images by their first bytes` {
  private static func base64(_ bytes: [UInt8]) -> JSONText {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)]) + [0, 0]
      let word = Int(group[0]) << 16 | Int(group[1]) << 8 | Int(group[2])
      let kept = min(3, bytes.count - start) + 1
      for place in 0..<4 {
        out.append(place < kept ? letters[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return JSONText(escaped: out[...])
  }

  private static let png: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
    + [0, 0, 7, 128, 0, 0, 4, 56, 8, 6]
  private static let gif = Array("GIF89a".utf8) + [0x40, 0x01, 0xF0, 0x00, 0, 0]
  /// An application segment of 5000 bytes stands before the frame.
  private static let jpeg: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE1, 0x13, 0x8A] + [UInt8](repeating: 0xFF, count: 5000) + [0xFF]
    + [0xFF, 0xC2, 0, 17, 8, 0x04, 0x38, 0x07, 0x80, 3]
  private static let riff = Array("RIFF....WEBPVP8".utf8)
  private static let lossy: [UInt8] =
    riff + Array(" ....".utf8) + [0, 0, 0, 0x9D, 0x01, 0x2A, 0x20, 0x43, 0xF0, 0x40]
  private static let lossless: [UInt8] =
    riff + Array("L....".utf8) + [0x2F, 0x1F, 0xC3, 0x3B, 0x00, 0]
  private static let extended: [UInt8] =
    riff + Array("X....".utf8) + [0, 0, 0, 0, 0x1F, 0x03, 0, 0xEF, 0, 0]

  @Test func `have the size that their kind writes down`() {
    let wanted: [(String, [UInt8], Int, Int)] = [
      ("png", Self.png, 1920, 1080), ("gif", Self.gif, 320, 240), ("jpeg", Self.jpeg, 1920, 1080),
      ("lossy", Self.lossy, 800, 240), ("lossless", Self.lossless, 800, 240),
      ("extended", Self.extended, 800, 240),
    ]
    for (name, bytes, width, height) in wanted {
      let size = ImageSize(base64: Self.base64(bytes))
      #expect(size == ImageSize(width: width, height: height), "\(name)")
    }
  }

  @Test func `have no size when they end before it or are something else`() {
    for bytes in [Self.png, Self.gif, Self.jpeg, Self.lossy, Self.lossless, Self.extended] {
      for cut in stride(from: 0, to: min(bytes.count - 4, 24), by: 1) where cut < 8 {
        #expect(ImageSize(base64: Self.base64(Array(bytes[..<cut]))) == nil)
      }
    }
    #expect(ImageSize(base64: "") == nil)
    #expect(ImageSize(base64: "not base64 at all!") == nil)
    #expect(ImageSize(base64: Self.base64([UInt8](repeating: 0xFF, count: 9000))) == nil)
    #expect(
      ImageSize(base64: Self.base64(Self.png.map { $0 == 7 ? 0 : $0 == 128 ? 0 : $0 })) == nil)
  }

  @Test func `are read through escapes too`() {
    let plain = Self.base64(Self.jpeg).string
    let escaped = plain.replacing("/", with: "\\/")
    #expect(plain != escaped)
    #expect(
      ImageSize(base64: JSONText(escaped: Array(escaped.utf8)[...]))
        == ImageSize(width: 1920, height: 1080))
  }

  @Test func `cost what their family takes`() {
    let table: [(String, Int, Int, String?, Int)] = [
      ("claude-haiku-4-5", 200, 200, nil, 64), ("claude-haiku-4-5", 1000, 1000, nil, 1334),
      ("claude-sonnet-4-5-20250929", 4000, 3000, nil, 1600),
      ("claude-opus-4-8", 1920, 1080, nil, 2765), ("claude-opus-4-8", 9000, 9000, nil, 4784),
      ("gpt-4o", 1024, 1024, "high", 765), ("gpt-4o", 2048, 4096, "high", 1105),
      ("gpt-4o", 4096, 8192, "low", 85), ("gpt-4o", 512, 512, nil, 255),
      ("gpt-4o-mini", 512, 512, nil, 8500), ("o3", 512, 512, nil, 225),
      ("gpt-5", 512, 512, nil, 210), ("gpt-5-mini", 1024, 1024, nil, 1659),
      ("gpt-5.5", 4032, 3024, nil, 12_000), ("gpt-5.5", 4032, 3024, "high", 3000),
      ("gpt-6-sol", 4032, 3024, nil, 14_364), ("gpt-6-sol", 512, 512, nil, 308),
      ("gemini-2.5-flash", 384, 384, nil, 258), ("gemini-2.5-pro", 960, 540, nil, 1548),
      ("gemini-3.5-flash", 4000, 3000, nil, 1120),
    ]
    for (model, width, height, detail, tokens) in table {
      let count = TokenFamily(model: model).image.count(
        ImageSize(width: width, height: height), detail: detail.map { JSONText($0) })
      #expect(count == tokens, "\(model) \(width) x \(height) \(detail ?? "-")")
    }
  }

  @Test func `of unknown size cost as much as large ones`() {
    for model in ["claude-opus-4-5", "claude-opus-5", "gpt-4o", "gpt-5.5", "gemini-2.5-pro", "x"] {
      let image = TokenFamily(model: model).image
      #expect(image.count(nil) >= image.count(ImageSize(width: 1024, height: 1024)))
    }
  }

  @Test func `and pages of a document are counted where they can be seen`() {
    let page = "1 0 obj << /Type /Page /Parent 2 0 R >> endobj\n2 0 obj <</Type/Page>>\n"
    let tree = "<< /Type /Pages /Count 9 /PageMode /UseNone >> /PageLabels"
    for padding in 0..<3 {
      let file = String(repeating: "%", count: padding) + "%PDF-1.4\n" + page + tree + page
      #expect(DocumentPages.count(base64: Self.base64(Array(file.utf8))) == 4)
    }
    let opaque = Self.base64([UInt8](repeating: 0xAA, count: 200_000))
    #expect(DocumentPages.count(base64: opaque) == 5)
    #expect(DocumentPages.count(base64: "") == 1)
  }
}
