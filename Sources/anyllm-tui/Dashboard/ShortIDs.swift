/// The ends of request ids: as short as tells the live ones apart, four to six characters.
enum ShortIDs {
  static func make(for ids: [String]) -> [String: String] {
    for length in 4...6 {
      var seen = Set<Substring>(minimumCapacity: ids.count)
      let areUnique = ids.allSatisfy { seen.insert($0.suffix(length)).inserted }
      guard areUnique || length == 6 else { continue }
      return Dictionary(
        ids.map { ($0, String($0.suffix(length))) }, uniquingKeysWith: { first, _ in first })
    }
    return [:]
  }

  static func short(_ id: String) -> String { String(id.suffix(6)) }
}
