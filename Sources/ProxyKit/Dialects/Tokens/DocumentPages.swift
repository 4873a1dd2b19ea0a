/// How many pages a PDF has, as far as its bytes show it.
package enum DocumentPages {
  private static let limit = 1000
  private static let scanned = 2 << 20
  private static let bytesOfPage = 50_000

  /// Counts the page objects; where they are compressed away, guesses by size.
  package static func count(base64 text: JSONText) -> Int {
    let file = Base64Window(text)
    let size = file.count
    let seen = min(size, scanned)
    let marks = pageMarks(file, seen)
    guard marks > 0 else { return min(limit, 1 + size / bytesOfPage) }
    return min(limit, seen < size ? (marks * size + seen - 1) / seen : marks)
  }

  /// How often the name `/Page` stands there and does not go on.
  private static func pageMarks(_ file: Base64Window, _ count: Int) -> Int {
    let name: [UInt8] = Array("/Page".utf8)
    var marks = 0
    var matched = 0
    for index in 0..<count {
      guard let byte = file[index] else { break }
      if matched == name.count {
        if !isLetter(byte) { marks += 1 }
        matched = 0
      }
      matched = byte == name[matched] ? matched + 1 : byte == name[0] ? 1 : 0
    }
    return marks
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }
}
