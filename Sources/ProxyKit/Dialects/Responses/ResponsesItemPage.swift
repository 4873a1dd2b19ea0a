/// Which of a response's items a client wants to see.
package struct ResponsesItemPage: Sendable, Equatable {
  private var limit: Int
  private var isAscending: Bool
  private var after: String?

  /// Reads the query's words; OpenAI's own limits and defaults.
  package init(limit: String?, order: String?, after: String?) throws(Failure) {
    switch order {
    case nil, "desc": isAscending = false
    case "asc": isAscending = true
    default: throw .invalid("order must be asc or desc.", parameter: "order")
    }
    guard let count = limit.map({ Int($0) }) ?? 20, (1...100).contains(count) else {
      throw .invalid("limit must be a whole number from 1 to 100.", parameter: "limit")
    }
    self.limit = count
    self.after = after
  }

  /// The page as a list, from the kept items.
  package func list(_ items: [UInt8]) throws(Failure) -> [UInt8] {
    var all = (try? JSONDocument(items)).map { Array($0.root.elements) } ?? []
    if !isAscending { all.reverse() }
    var rest = all[...]
    if let after {
      guard let place = all.firstIndex(where: { $0["id"]?.string == after }) else {
        throw .invalid("There is no item '\(after.prefix(200))' here.", parameter: "after")
      }
      rest = all[(place + 1)...]
    }
    let shown = rest.prefix(limit)
    var writer = JSONWriter(reserving: items.count + 128)
    writer.object {
      $0.member("object", word: "list")
      $0.name("data")
      $0.array { list in
        for item in shown { list.raw(item.raw) }
      }
      for (name, item) in [("first_id" as StaticString, shown.first), ("last_id", shown.last)] {
        $0.name(name)
        if let id = item?["id"]?.text { $0.text(id) } else { $0.null() }
      }
      $0.member("has_more", shown.count < rest.count)
    }
    return writer.bytes
  }
}
