/// The responses that wait to be written, in the order in which they came.
struct WaitingResponses {
  private struct Name: Hashable {
    var owner: String
    var id: String
  }

  /// A response and its place in the order.
  struct Entry {
    var response: KeptResponse
    var stamp: UInt64
  }

  private var entries: [Name: Entry] = [:]
  private var order: [(name: Name, stamp: UInt64)] = []
  private var lastStamp: UInt64 = 0
  private(set) var byteCount = 0

  var isEmpty: Bool { entries.isEmpty }

  func response(id: String, owner: String) -> KeptResponse? {
    entries[Name(owner: owner, id: id)]?.response
  }

  /// Adds a response; another one of the same owner and name gives way.
  mutating func add(_ response: KeptResponse) {
    let name = Name(owner: response.owner, id: response.id)
    _ = remove(name)
    // While the database refuses, those that gave way must not pile up.
    if order.count > 2 * entries.count + 64 {
      order.removeAll { entries[$0.name]?.stamp != $0.stamp }
    }
    lastStamp += 1
    entries[name] = Entry(response: response, stamp: lastStamp)
    order.append((name, lastStamp))
    byteCount += response.byteCount
  }

  /// Takes a response out; false when it is not there.
  mutating func remove(id: String, owner: String) -> Bool {
    remove(Name(owner: owner, id: id))
  }

  private mutating func remove(_ name: Name) -> Bool {
    guard let gone = entries.removeValue(forKey: name) else { return false }
    byteCount -= gone.response.byteCount
    return true
  }

  /// The first responses, as many as have this many bytes together, and one at least.
  func oldest(_ bytes: Int) -> [Entry] {
    var found: [Entry] = []
    var sum = 0
    for (name, stamp) in order {
      guard let entry = entries[name], entry.stamp == stamp else { continue }
      found.append(entry)
      sum += entry.response.byteCount
      if sum >= bytes { break }
    }
    return found
  }

  /// Takes out what was written, but not what has come in its place meanwhile.
  mutating func remove(_ written: [Entry]) {
    guard let last = written.last?.stamp else { return }
    for entry in written {
      let name = Name(owner: entry.response.owner, id: entry.response.id)
      if entries[name]?.stamp == entry.stamp { _ = remove(name) }
    }
    order.removeAll { $0.stamp <= last }
  }
}
