/// The name that was probably meant.
enum NearestName {
  /// The closest of the names, when it is close enough to be worth asking about.
  static func to(_ word: String, among names: some Sequence<String>) -> String? {
    let ranked = names.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    let shorter = min(word.count, best.name.count)
    let allowed = shorter < 3 ? 0 : max(1, shorter / 3)
    return best.distance <= allowed ? best.name : nil
  }

  /// How many insertions, deletions and replacements make one word of the other.
  private static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first.utf8.prefix(64))
    let second = Array(second.utf8.prefix(64))
    var row = Array(0...second.count)
    for (above, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = above + 1
      for (index, other) in second.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[index + 1]
        row[index + 1] = min(replaced, row[index] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
