/// The names under which a model may be known, from the one that is used to the plainest.
///
/// Taken off are dates, versions and `latest` at the end, the region of a Bedrock profile, what
/// stands before a slash, and the vendor before a dot.
struct ModelName {
  private(set) var candidates: [[UInt8]] = []

  init(_ name: String) {
    let whole = Array(name.lowercased().utf8)[...]
    addWithoutSuffixes(whole)
    let slash = whole.lastIndex(of: UInt8(ascii: "/"))
    let tail = whole[(slash.map { $0 + 1 } ?? whole.startIndex)...]
    let local = Self.withoutRegion(tail)
    if local.count != tail.count { addWithoutSuffixes(whole[..<tail.startIndex] + local) }
    var rest = whole
    while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      rest = rest[(slash + 1)...]
      addWithoutSuffixes(rest)
    }
    addWithoutSuffixes(Self.withoutRegion(rest))
    let plain = Self.withoutVendor(Self.withoutRegion(rest))
    addWithoutSuffixes(plain)
    // Some resellers write the version of a Claude with a dot.
    if plain.starts(with: "claude-".utf8) {
      addWithoutSuffixes(plain.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "-") : $0 }[...])
    }
  }

  private mutating func addWithoutSuffixes(_ name: ArraySlice<UInt8>) {
    var name = name
    add(name)
    while let shorter = Self.withoutSuffix(name) {
      name = shorter
      add(name)
    }
  }

  private mutating func add(_ name: ArraySlice<UInt8>) {
    guard !name.isEmpty, !candidates.contains(where: { $0[...] == name }) else { return }
    candidates.append(Array(name))
  }

  private static let regions = [
    "us", "eu", "global", "apac", "jp", "au", "ca", "in", "sa", "us-gov",
  ]

  private static func withoutRegion(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let dot = name.firstIndex(of: UInt8(ascii: ".")), name[(dot + 1)...].contains(46),
      regions.contains(where: { $0.utf8.elementsEqual(name[..<dot]) })
    else { return name }
    return name[(dot + 1)...]
  }

  private static func withoutVendor(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let dot = name.firstIndex(of: UInt8(ascii: ".")), dot > name.startIndex,
      name[..<dot].allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }),
      let next = name[(dot + 1)...].first, isLetter(next)
    else { return name }
    return name[(dot + 1)...]
  }

  /// The name without a date, a version or a word at its end; nil when it has none.
  private static func withoutSuffix(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if let at = name.lastIndex(of: UInt8(ascii: "@")), at > name.startIndex, at + 1 < name.endIndex,
      name[(at + 1)...].allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
    {
      return name[..<at]
    }
    if name.suffix(7).elementsEqual("-latest".utf8) { return name.dropLast(7) }
    return withoutVersion(name) ?? withoutDate(name)
  }

  /// Takes off `:0`, `-v1:0`, and `-v1` where a Claude is named so.
  private static func withoutVersion(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let number = name.reversed().prefix { isDigit($0) }.count
    guard number > 0, number < name.count else { return nil }
    let front = name.dropLast(number)
    if front.last == UInt8(ascii: ":") {
      let digits = front.dropLast().reversed().prefix { isDigit($0) }.count
      let before = front.dropLast(1 + digits)
      let isVersion = digits > 0 && before.suffix(2).elementsEqual("-v".utf8)
      return isVersion ? before.dropLast(2) : front.dropLast()
    }
    guard front.suffix(2).elementsEqual("-v".utf8), isClaude(front) else { return nil }
    return front.dropLast(2)
  }

  /// Takes off `-20251101`, `-2025-11-01` and `-11-2025`.
  private static func withoutDate(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for shape in ["-00000000", "-0000-00-00", "-00-0000"] where name.count > shape.utf8.count {
      let end = name.suffix(shape.utf8.count)
      let fits = zip(end, shape.utf8).allSatisfy { byte, form in
        form == UInt8(ascii: "-") ? byte == form : isDigit(byte)
      }
      if fits { return name.dropLast(end.count) }
    }
    return nil
  }

  private static func isClaude(_ name: ArraySlice<UInt8>) -> Bool {
    name.indices.contains { name[$0...].starts(with: "claude".utf8) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }
}
