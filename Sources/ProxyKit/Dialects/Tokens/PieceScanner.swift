/// Cuts a text into the pieces that are tokenized each on its own, as the pattern of o200k_base
/// would.
///
/// The pattern backtracks in three places only: from a run of capitals to the last letter in it
/// that may pass for a small one, from white space to the last newline in it, and from white space
/// to one character before what follows. Each is one mark remembered on the way.
struct PieceScanner {
  let vocabulary: Vocabulary

  /// The place behind the piece that begins at `start`, which is not the end of the text.
  @inline(__always)
  func end(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    let (first, next) = character(text, start)
    switch first {
    case .upper, .lower, .caseless:
      return word(text, from: start) ?? next
    case .number:
      return digits(text, from: next)
    case .newline:
      return white(text, from: start)
    case .space:
      return afterSpace(text, start, next)
    case .mark:
      // Without a word behind it, a mark is a word of its own.
      return word(text, from: next, isBehindMark: true) ?? contraction(text, at: next)
    default:
      return word(text, from: next) ?? signs(text, from: next)
    }
  }

  /// The class of the character there and the place behind it.
  @inline(__always)
  private func character(_ text: borrowing Span<UInt8>, _ at: Int) -> (ScalarClass, Int) {
    let byte = text[at]
    if byte < 0x80 { return (vocabulary.scalarClass(ascii: byte), at &+ 1) }
    return wideCharacter(text, at, byte)
  }

  /// Bytes that are not UTF-8 belong to no class.
  @inline(never)
  private func wideCharacter(
    _ text: borrowing Span<UInt8>, _ at: Int, _ lead: UInt8
  ) -> (ScalarClass, Int) {
    let count = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard lead >= 0xC0, at &+ count <= text.count else { return (.other, at &+ 1) }
    var scalar = UInt32(lead) & (0x7F >> UInt32(count))
    for index in 1..<count { scalar = scalar << 6 | UInt32(text[at &+ index] & 0x3F) }
    return (vocabulary.scalarClass(scalar), at &+ count)
  }

  /// `[capitals]*[small]+` or `[capitals]+`, with a contraction behind; nil where no word begins.
  ///
  /// Behind a mark that could begin the word itself, capitals alone are none: the pattern prefers
  /// the mark without them.
  @inline(__always)
  private func word(
    _ text: borrowing Span<UInt8>, from start: Int, isBehindMark: Bool = false
  ) -> Int? {
    var at = start
    var lastCaseless = start
    while at < text.count {
      let (found, next) = character(text, at)
      if found == .lower { return contraction(text, at: smallLetters(text, from: next)) }
      guard found.isOfWord else { break }
      at = next
      if found != .upper { lastCaseless = next }
    }
    if lastCaseless > start { return contraction(text, at: lastCaseless) }
    return at > start && !isBehindMark ? contraction(text, at: at) : nil
  }

  @inline(__always)
  private func smallLetters(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at < text.count {
      let (found, next) = character(text, at)
      guard found.isOfWord, found != .upper else { break }
      at = next
    }
    return at
  }

  /// The place behind an English contraction that stands there, or the place itself.
  @inline(__always)
  private func contraction(_ text: borrowing Span<UInt8>, at: Int) -> Int {
    guard at &+ 1 < text.count, text[at] == UInt8(ascii: "'") else { return at }
    return behindContraction(text, at &+ 1)
  }

  @inline(never)
  private func behindContraction(_ text: borrowing Span<UInt8>, _ at: Int) -> Int {
    let second = at &+ 1 < text.count ? text[at &+ 1] : 0
    switch (text[at] | 0x20, second | 0x20) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return at &+ 1
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return at &+ 2
    default:
      // The long s is an s to whoever ignores case.
      return text[at] == 0xC5 && second == 0xBF ? at &+ 2 : at &- 1
    }
  }

  /// Up to three digits, of which one has been seen.
  @inline(__always)
  private func digits(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    var at = start
    for _ in 0..<2 where at < text.count {
      let (found, next) = character(text, at)
      guard found == .number else { break }
      at = next
    }
    return at
  }

  /// What a single white character that is no newline begins: a word, signs, or white space.
  @inline(__always)
  private func afterSpace(_ text: borrowing Span<UInt8>, _ start: Int, _ next: Int) -> Int {
    if let end = word(text, from: next) { return end }
    if text[start] == UInt8(ascii: " "), next < text.count {
      let (found, behind) = character(text, next)
      if found.isSign { return signs(text, from: behind) }
    }
    return white(text, from: start)
  }

  /// A run of signs, of which one has been seen, with the newlines and slashes behind it.
  @inline(__always)
  private func signs(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    var at = start
    while at < text.count {
      let (found, next) = character(text, at)
      guard found.isSign else { break }
      at = next
    }
    while at < text.count, text[at] == 0x0A || text[at] == 0x0D || text[at] == UInt8(ascii: "/") {
      at &+= 1
    }
    return at
  }

  /// White space to its last newline, else all but its last character, which goes to what follows.
  @inline(__always)
  private func white(_ text: borrowing Span<UInt8>, from start: Int) -> Int {
    var at = start
    var lastCharacter = start
    var behindNewline = start
    while at < text.count {
      let (found, next) = character(text, at)
      guard found.isWhite else { break }
      lastCharacter = at
      at = next
      if found == .newline { behindNewline = next }
    }
    if behindNewline > start { return behindNewline }
    return at == text.count || lastCharacter == start ? at : lastCharacter
  }
}
