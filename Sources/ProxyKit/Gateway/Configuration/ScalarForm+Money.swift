extension ScalarForm where Value == Int64 {
  /// Dollars with up to six decimals, as millionths of a dollar.
  static let microDollars = ScalarForm(expected: "a number of dollars such as 20 or 0.25") { text in
    let plain = text.hasPrefix("$") ? text.dropFirst() : text[...]
    let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.joined()
    guard (1...2).contains(parts.count), !digits.isEmpty,
      digits.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.utf8.count <= 6, parts[0].utf8.count <= 9 else { return nil }
    let padding = String(repeating: "0", count: 6 - fraction.utf8.count)
    return Int64(parts[0] + fraction + padding)
  }
}
