/// One way through a text, piece by piece.
struct TokenPass {
  private(set) var count = 0
  private(set) var tokens: [UInt32] = []
  private let keepsTokens: Bool
  private let window: Int
  private let vocabulary: Vocabulary
  private var merging = PairMerging()

  /// A piece that is longer than `window` is merged in windows, which bounds the memory it takes;
  /// more than 64 bytes.
  init(keepsTokens: Bool, window: Int = 1 << 11) {
    self.keepsTokens = keepsTokens
    self.window = window
    vocabulary = Vocabulary()
  }

  mutating func run(_ text: borrowing Span<UInt8>) {
    let scanner = PieceScanner(vocabulary: vocabulary)
    var at = 0
    while at < text.count {
      let end = scanner.end(text, from: at)
      if let token = vocabulary.token(text, at..<end) {
        count &+= 1
        if keepsTokens { tokens.append(token) }
      } else if end &- at <= window {
        merging.merge(text, at..<end, vocabulary)
        take()
      } else {
        runLong(text, at..<end)
      }
      at = end
    }
  }

  private mutating func take() {
    count &+= merging.tokens.count
    if keepsTokens { tokens.append(contentsOf: merging.tokens) }
  }

  /// Merges a long piece in windows that share a token with the next.
  ///
  /// Tokens are the right ones exactly when each neighbouring two are, so two windows may be joined
  /// at a token that both have. Each begins with a token from the inside of the one before; when it
  /// comes out otherwise, the one before is made again, twice as wide.
  private mutating func runLong(_ text: borrowing Span<UInt8>, _ piece: Range<Int>) {
    var start = piece.lowerBound
    var end = start &+ window
    merging.merge(text, start..<end, vocabulary)
    while end < piece.upperBound {
      let before = merging.tokens
      let kept = before.count &* 7 / 8
      let next = start &+ merging.place(of: kept)
      let nextEnd = min(next &+ window, piece.upperBound)
      merging.merge(text, next..<nextEnd, vocabulary)
      if kept > 0, merging.tokens.first == before[kept] {
        count &+= kept
        if keepsTokens { tokens.append(contentsOf: before.prefix(kept)) }
        (start, end) = (next, nextEnd)
      } else {
        end = min(start &+ 2 &* (end &- start), piece.upperBound)
        merging.merge(text, start..<end, vocabulary)
      }
    }
    take()
  }
}
