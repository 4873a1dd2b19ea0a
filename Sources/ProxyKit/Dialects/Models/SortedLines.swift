internal import CVocabulary

/// Lines of tab-separated fields in the order of their first field, searched where they lie.
enum SortedLines: Sendable {
  case models, betas
  case own([UInt8])

  /// Takes lines in any order; empty ones and those that begin with `#` are skipped, and the last
  /// of several with one name counts.
  init(unsorted bytes: [UInt8]) {
    var lines: [String: ArraySlice<UInt8>] = [:]
    for line in bytes.split(separator: 0x0A) {
      let trimmed = line.last == 0x0D ? line.dropLast() : line
      guard let first = trimmed.first, first != UInt8(ascii: "#") else { continue }
      let name = String(decoding: trimmed.prefix { $0 != 0x09 }, as: UTF8.self).lowercased()
      lines[name] = trimmed.drop { $0 != 0x09 }
    }
    var sorted: [UInt8] = []
    for (name, rest) in lines.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      sorted += Array(name.utf8) + rest + [0x0A]
    }
    self = .own(sorted)
  }

  /// The fields of the line whose first field is the name.
  func fields(_ name: [UInt8]) -> [ArraySlice<UInt8>]? {
    switch self {
    case .own(let bytes):
      return find(name, bytes.count) { bytes[$0] }.map { Self.split(bytes[$0]) }
    case .models, .betas:
      let file = embedded
      return find(name, file.count) { file.byte($0) }.map { Self.split(file.bytes($0)[...]) }
    }
  }

  /// All names, in their order.
  var names: [String] {
    let bytes: [UInt8]
    if case .own(let own) = self { bytes = own } else { bytes = embedded.bytes(0..<embedded.count) }
    return bytes.split(separator: 0x0A).map { line in
      String(decoding: line.prefix { $0 != 0x09 }, as: UTF8.self)
    }
  }

  private var embedded: EmbeddedBytes {
    if case .betas = self {
      return unsafe EmbeddedBytes(from: anyllm_betas(), to: anyllm_betas_behind())
    }
    return unsafe EmbeddedBytes(from: anyllm_models(), to: anyllm_models_behind())
  }

  private static func split(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split(separator: 0x09, omittingEmptySubsequences: false)
  }

  /// Halves the bytes, each time from the beginning of a line.
  private func find(_ name: [UInt8], _ count: Int, _ byte: (Int) -> UInt8) -> Range<Int>? {
    var (low, high) = (0, count)
    while low < high {
      var start = (low + high) / 2
      while start > low, byte(start - 1) != 0x0A { start -= 1 }
      var end = start
      while end < count, byte(end) != 0x0A { end += 1 }
      let order = Self.compare(name, start, end, byte)
      if order == 0 { return start..<end }
      if order < 0 { high = start } else { low = end + 1 }
    }
    return nil
  }

  /// Below zero when the name comes before the line's first field, above when behind it.
  private static func compare(
    _ name: [UInt8], _ start: Int, _ end: Int, _ byte: (Int) -> UInt8
  ) -> Int {
    for (index, letter) in name.enumerated() {
      let at = start + index
      guard at < end, byte(at) != 0x09 else { return 1 }
      if letter != byte(at) { return Int(letter) - Int(byte(at)) }
    }
    let behind = start + name.count
    return behind >= end || byte(behind) == 0x09 ? 0 : -1
  }
}
