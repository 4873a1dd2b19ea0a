import Testing

@testable import Dialects

struct `Strings in JSON` {
  /// The reader takes eight bytes at a step; every length and every place in a step must do.
  @Test func `are found whatever their length`() throws {
    for length in 0..<40 {
      for special in ["", "\\\"", "\\\\", "é", "漢", "🎌", "\\u00e9"] {
        for place in 0...length {
          let plain = String(repeating: "x", count: place)
          let rest = String(repeating: "y", count: length - place)
          let value = try JSONDocument("[\"\(plain)\(special)\(rest)\",7]").root
          let elements = value.elements.map { $0 }
          #expect(elements.count == 2 && elements[1].integer == 7)
          #expect(
            elements[0].text.map { String(decoding: $0.bytes, as: UTF8.self) }
              == plain + special + rest)
        }
      }
    }
  }

  @Test func `hold no bare control character, wherever it stands`() {
    for byte in UInt8(0)..<0x20 {
      for place in 0..<20 {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 24)
        bytes[0] = UInt8(ascii: "\"")
        bytes[23] = UInt8(ascii: "\"")
        bytes[1 + place] = byte
        #expect(throws: MalformedJSON.self) { try JSONDocument(bytes) }
      }
    }
  }

  private static let brokenUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xE3, 0x81], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF0, 0x9F, 0x8E], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    [0xE3, 0x28, 0xA1], [0xF0, 0x28, 0x8C, 0xBC], [0xF0, 0x9F, 0x28, 0xBC],
  ]

  @Test(arguments: brokenUTF8)
  func `must be well-formed UTF-8`(broken: [UInt8]) {
    for place in 0..<18 {
      let quote = UInt8(ascii: "\"")
      let filling = [UInt8](repeating: UInt8(ascii: "x"), count: place)
      for tail in [[], Array("yyyyyyyyyyyy".utf8), Array("\\n".utf8)] {
        #expect(throws: MalformedJSON.self) {
          try JSONDocument([quote] + filling + broken + tail + [quote])
        }
        #expect(throws: MalformedJSON.self) {
          try JSONDocument(Array("{\"".utf8) + filling + broken + tail + Array("\":1}".utf8))
        }
      }
    }
    #expect(throws: MalformedJSON.self) { try JSONDocument(broken) }
  }

  @Test(arguments: [
    (#"\u0041\n\t\"\\\/"#, "A\n\t\"\\/"), (#"\uD83C\uDF8C!"#, "🎌!"), (#"\ud83c"#, "\u{FFFD}"),
    (#"\udf8c\ud83cx"#, "\u{FFFD}\u{FFFD}x"), (#"\ud83c\u0041"#, "\u{FFFD}A"),
    (#"\u0000"#, "\u{0}"),
    (#"é\u00e9"#, "éé"), (#"\b\f\r"#, "\u{8}\u{C}\r"),
  ])
  func `lose their escapes when they are read`(escaped: String, plain: String) throws {
    #expect(try JSONDocument("\"\(escaped)\"").root.string == plain)
  }

  @Test func `keep their escapes when they only pass`() throws {
    let text = try #require(try JSONDocument(#""\u00e9\/\ud800""#).root.text)
    var writer = JSONWriter()
    writer.text(text)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\u00e9\/\ud800""#)
  }

  @Test func `escape and unescape to themselves`() throws {
    var numbers = SeededNumbers(7)
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<30, using: &numbers) {
        let range: ClosedRange<UInt32> = Bool.random(using: &numbers) ? 0...0x7F : 0...0x1_F9FF
        if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &numbers)) {
          text.unicodeScalars.append(scalar)
        }
      }
      var writer = JSONWriter()
      writer.string(text)
      #expect(try JSONDocument(writer.bytes).root.string == text)
      #expect(JSONText(text).string == text)
    }
  }

  @Test func `count a text as itself however it is cut from another`() {
    let whole = Array("xxhelloxx".utf8)
    let window = JSONText(escaped: whole[2..<7])
    #expect(window.equals("hello"))
    #expect(!window.equals("hellp") && !window.equals("hell") && !window.equals("hellox"))
    #expect(window == JSONText("hello"))
    #expect(JSONText("a name of nineteen").equals("a name of nineteen"))
    #expect(!JSONText("a name of nineteen").equals("a name of nineteem"))
    #expect(JSONText.empty.equals("") && JSONText("n").equals("n"))
  }
}
