/// One block of an event stream as a client sees it.
package struct ServerSentEvent: Sendable, Equatable {
  package var name: String?
  /// The `data:` lines joined by line feeds; empty when there is none.
  package var data: String
  /// Lines that start with a colon, without it.
  package var comments: [String]

  package init(name: String?, data: String, comments: [String] = []) {
    self.name = name
    self.data = data
    self.comments = comments
  }

  /// The first whole block of `bytes` and what follows it.
  ///
  /// `scanned` remembers how far a call without success has looked, so that a line of many
  /// megabytes is not looked through again with every piece of it.
  static func first(
    in bytes: [UInt8], after scanned: inout Int
  ) -> (ServerSentEvent, rest: [UInt8])? {
    var index = scanned
    while index < bytes.count {
      if bytes[index] == 10 {
        let isBlank =
          index == 0 || bytes[index - 1] == 10
          || (bytes[index - 1] == 13 && (index == 1 || bytes[index - 2] == 10))
        if isBlank { return (parse(bytes[...index]), Array(bytes[(index + 1)...])) }
      }
      index += 1
    }
    scanned = index
    return nil
  }

  private static func parse(_ block: ArraySlice<UInt8>) -> ServerSentEvent {
    var event = ServerSentEvent(name: nil, data: "")
    var data: [Substring] = []
    let text = String(decoding: block.filter { $0 != 13 }, as: UTF8.self)
    for line in text.split(separator: "\n") {
      if let value = line.value(after: "data:") {
        data.append(value)
      } else if let value = line.value(after: "event:") {
        event.name = String(value)
      } else if let value = line.value(after: ":") {
        event.comments.append(String(value))
      }
    }
    event.data = data.joined(separator: "\n")
    return event
  }
}

extension Substring {
  /// What follows `prefix` and one space, when the line begins with it.
  fileprivate func value(after prefix: String) -> Substring? {
    guard hasPrefix(prefix) else { return nil }
    let rest = dropFirst(prefix.count)
    return rest.hasPrefix(" ") ? rest.dropFirst() : rest
  }
}
