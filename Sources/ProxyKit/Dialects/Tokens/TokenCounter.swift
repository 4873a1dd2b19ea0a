/// Counts tokens exactly as o200k_base does, special tokens being text like any other.
package enum TokenCounter {
  /// The tokens of a text that may be escaped; a lone surrogate counts as U+FFFD.
  package static func count(_ text: JSONText) -> Int {
    var pass = TokenPass(keepsTokens: false)
    pass.add(text)
    return pass.count
  }

  /// The tokens of UTF-8 as it stands.
  package static func count(_ bytes: ArraySlice<UInt8>) -> Int {
    var pass = TokenPass(keepsTokens: false)
    pass.run(bytes.span)
    return pass.count
  }

  /// The tokens themselves, for whoever wants to compare.
  package static func tokens(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
    var pass = TokenPass(keepsTokens: true)
    pass.run(bytes.span)
    return pass.tokens
  }
}
