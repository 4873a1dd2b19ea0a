/// Puts what the events of a reply say into blocks that follow one another.
///
/// The items of a reply may grow at the same time. The first that is not done tells its blocks at
/// once; what the others say waits for their turn.
struct ResponsesReplyAssembly {
  static let maximumItems = 1024

  var id: JSONText?
  var model: JSONText?
  private(set) var hasBegun = false
  private(set) var hasCalls = false
  private(set) var searches = 0
  private var items: [ResponsesOutputItem] = []
  /// What items that are not in front have said.
  private var waiting: [[ReplyEvent]] = []
  private var waitingBytes = 0
  private var front = 0
  private var callIDs: Set<JSONText> = []

  /// Announces the reply; the first item does it by itself.
  mutating func begin(into events: inout [ReplyEvent]) {
    guard !hasBegun else { return }
    hasBegun = true
    events.append(.begin(id: id, model: model))
  }

  /// Tells a piece of text.
  mutating func add(
    _ slot: ResponsesOutputItem.Slot, _ text: JSONText, of index: Int?, part: Int,
    into events: inout [ReplyEvent]
  ) throws(Failure) {
    let kind: ResponsesOutputItem.Kind = slot.isThinking ? .reasoning : .message
    let place = try place(of: index, orNew: kind, into: &events)
    guard place != front else { return items[place].add(slot, part, text, into: &events) }
    try wait(at: place, for: text.bytes.count) { item, events in
      item.add(slot, part, text, into: &events)
    }
  }

  /// Tells a piece of a call's arguments, or of its free text.
  mutating func addArguments(
    _ text: JSONText, of index: Int?, isFreeform: Bool, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let place = try place(of: index, orNew: isFreeform ? .customCall : .call, into: &events)
    guard place != front else { return items[place].addArguments(text, into: &events) }
    try wait(at: place, for: text.bytes.count) { item, events in
      item.addArguments(text, into: &events)
    }
  }

  /// Tells what is missing of a text that is known whole.
  mutating func complete(
    _ slot: ResponsesOutputItem.Slot, _ text: JSONText, of index: Int?, part: Int,
    into events: inout [ReplyEvent]
  ) throws(Failure) {
    let kind: ResponsesOutputItem.Kind = slot.isThinking ? .reasoning : .message
    let place = try place(of: index, orNew: kind, into: &events)
    try change(place, text.bytes.count, into: &events) { item, events in
      if !item.isDone { item.complete(slot, part, text, into: &events) }
    }
  }

  mutating func completeArguments(
    _ text: JSONText, of index: Int?, isFreeform: Bool, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let place = try place(of: index, orNew: isFreeform ? .customCall : .call, into: &events)
    try change(place, text.bytes.count, into: &events) { item, events in
      item.completeArguments(text, into: &events)
    }
  }

  mutating func cite(
    _ annotation: ChatNode, of index: Int?, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let place = try place(of: index, orNew: .message, into: &events)
    try change(place, annotation.raw.bytes.count, into: &events) { item, events in
      item.cite(annotation, into: &events)
    }
  }

  /// Notes something that the hub has no word for.
  mutating func lose(_ tag: String, into events: inout [ReplyEvent]) {
    begin(into: &events)
    events.append(.lost(tag))
  }

  private mutating func change(
    _ place: Int, _ count: Int, into events: inout [ReplyEvent],
    _ change: (inout ResponsesOutputItem, inout [ReplyEvent]) -> Void
  ) throws(Failure) {
    if place == front {
      change(&items[place], &events)
    } else {
      try wait(at: place, for: count, change)
    }
  }

  /// Nothing that a stranger sends is kept without bound, counted over the whole reply.
  private mutating func wait(
    at place: Int, for count: Int,
    _ change: (inout ResponsesOutputItem, inout [ReplyEvent]) -> Void
  ) throws(Failure) {
    // What is done has been told.
    guard place > front else { return }
    waitingBytes += count
    guard waitingBytes <= SSEFramer.maximumEvent else {
      throw ResponsesFailures.broken(
        "The upstream sent more of its output out of turn than can be kept waiting.")
    }
    change(&items[place], &waiting[place])
  }

  private mutating func place(
    of index: Int?, orNew kind: ResponsesOutputItem.Kind, into events: inout [ReplyEvent]
  ) throws(Failure) -> Int {
    if front < items.count, items[front].index == index { return front }
    if let known = find(index) { return known }
    return try insert(ResponsesOutputItem(index: index, id: nil, kind: kind), into: &events)
  }

  private func find(_ index: Int?) -> Int? {
    guard let index else { return items.indices.last }
    return items.lastIndex { $0.index == index }
  }

  private mutating func insert(
    _ item: ResponsesOutputItem, into events: inout [ReplyEvent]
  ) throws(Failure) -> Int {
    guard items.count < Self.maximumItems else {
      throw ResponsesFailures.broken(
        "The upstream's answer has more than \(Self.maximumItems) items.")
    }
    begin(into: &events)
    items.append(item)
    waiting.append([])
    return items.count - 1
  }

  /// Lets the items tell what they have said whose turn has come.
  private mutating func advance(into events: inout [ReplyEvent]) {
    while front < items.count, items[front].isDone {
      front += 1
      guard front < items.count else { return }
      events += waiting[front]
      waiting[front] = []
    }
  }
}

/// Beginnings and endings of items.
extension ResponsesReplyAssembly {
  mutating func add(
    item node: ChatNode, at index: Int?, into events: inout [ReplyEvent]
  ) throws(Failure) {
    // A second item with the index of one that is not done ends that one.
    if let known = find(index), index != nil, !items[known].isDone {
      if let id = items[known].id, id == node["id"]?.someText { return }
      try end(known, into: &events)
    }
    let place = try insert(ResponsesOutputItem(index: index, node), into: &events)
    try announce(place, node, into: &events)
  }

  mutating func complete(
    item node: ChatNode, at index: Int?, into events: inout [ReplyEvent]
  ) throws(Failure) {
    var place = find(index)
    if let known = place, items[known].isDone {
      guard index == nil || !isSame(items[known], node) else { return }
      place = nil
    }
    let own =
      if let place { place } else {
        try insert(ResponsesOutputItem(index: index, node), into: &events)
      }
    try announce(own, node, into: &events)
    if node["type"]?.text?.equals("web_search_call") == true { searches += 1 }
    try change(own, node.raw.bytes.count, into: &events) { item, events in
      item.complete(node, into: &events)
    }
    advance(into: &events)
  }

  private func isSame(_ item: ResponsesOutputItem, _ node: ChatNode) -> Bool {
    guard let id = item.id, let other = node["id"]?.someText else { return true }
    return id == other
  }

  private mutating func announce(
    _ place: Int, _ node: ChatNode, into events: inout [ReplyEvent]
  ) throws(Failure) {
    if items[place].id == nil { items[place].id = node["id"]?.someText }
    guard items[place].isCall, !items[place].isAnnounced, let own = node["name"]?.someText else {
      return
    }
    var name = own
    if let namespace = node["namespace"]?.someText { name = namespace + "__" + own }
    let id = uniqueID(node["call_id"]?.someText, place, name)
    hasCalls = true
    try change(place, id.bytes.count, into: &events) { item, events in
      item.openCall(id, name, into: &events)
    }
  }

  /// The call's own id, or one made from the reply when it has none or shares another call's.
  private mutating func uniqueID(_ own: JSONText?, _ place: Int, _ name: JSONText) -> JSONText {
    if let own, callIDs.insert(own).inserted { return own }
    var seed = Fingerprint()
    seed.take(id ?? .empty)
    seed.take(own ?? .empty)
    seed.take(name)
    seed.take(place)
    let made = JSONText("call_" + seed.hexadecimal)
    callIDs.insert(made)
    return made
  }

  private mutating func end(_ place: Int, into events: inout [ReplyEvent]) throws(Failure) {
    guard !items[place].isNamelessCall else {
      throw ResponsesFailures.broken("The upstream called a tool without naming it.")
    }
    try change(place, 0, into: &events) { item, events in item.finish(into: &events) }
    advance(into: &events)
  }

  /// Tells what the whole response has and its events had not, and ends every item.
  mutating func complete(
    response: ChatNode?, into events: inout [ReplyEvent]
  ) throws(Failure) {
    let streamed = items.count
    if let output = response?["output"] {
      for (index, node) in output.elements.enumerated() where node.kind == .object {
        let id = node["id"]?.someText
        if let known = items.firstIndex(where: { $0.id != nil && $0.id == id }) {
          if !items[known].isDone {
            try complete(item: node, at: items[known].index, into: &events)
          }
        } else if find(index) != nil {
          if let known = find(index), !items[known].isDone {
            try complete(item: node, at: index, into: &events)
          }
        } else if streamed <= index {
          try complete(item: node, at: index, into: &events)
        }
      }
    }
    for place in items.indices where !items[place].isDone { try end(place, into: &events) }
    advance(into: &events)
  }
}
