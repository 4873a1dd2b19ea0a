internal import Dialects
internal import Transport

/// What must be the same for a reply to be given again: who asks, where it would go, and every
/// member of what is asked, in whatever order and spacing.
struct CacheKey: Hashable, Sendable {
  let digest: SHA256Digest

  /// What belongs to the key besides the body.
  struct Surroundings {
    var scope: String
    var namespace = ""
    var dialect: Dialect
    var isCompletion = false
    /// As the client asked for it; Gemini's and Bedrock's clients say it in the path.
    var model: String
    /// Where it may go: backends and their models, in the order of their turn.
    var targets: [String]
    /// Headers that change the meaning of a body.
    var switches: [String] = []
  }

  /// Whether the reply is streamed is no part of it: one can be made of the other.
  private static let forms: [StaticString] =
    ["stream", "stream_options"] + CacheControls.members

  init?(_ surroundings: Surroundings, _ body: JSONValue) {
    var text = Canonical()
    text.put("anyllm cache 1")
    for part in [
      surroundings.scope, surroundings.namespace, surroundings.dialect.rawValue,
      surroundings.isCompletion ? "completion" : "", surroundings.model,
    ] {
      text.put(part)
    }
    text.put(list: surroundings.targets)
    text.put(list: surroundings.switches)
    text.put(body, besides: Self.forms)
    guard let digest = SHA256Digest(Digest.sha256(text.bytes)) else { return nil }
    self.digest = digest
  }
}

/// A text in which each value has one form and no two have the same.
private struct Canonical {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ text: String) { put(UInt8(ascii: "s"), Array(text.utf8)[...]) }

  mutating func put(list: [String]) {
    put(UInt8(ascii: "l"), count: list.count)
    for text in list { put(text) }
  }

  mutating func put(_ value: JSONValue, besides names: [StaticString] = []) {
    switch value.kind {
    case .object: put(members: value, besides: names)
    case .array:
      let elements = Array(value.elements)
      put(UInt8(ascii: "a"), count: elements.count)
      for element in elements { put(element) }
    case .string: put(UInt8(ascii: "s"), (value.text?.unescaped ?? [])[...])
    default: put(UInt8(ascii: "v"), value.raw.bytes)
    }
  }

  /// Sorted by name; what stands twice keeps its order, since readers differ on which counts.
  private mutating func put(members object: JSONValue, besides names: [StaticString]) {
    var members: [(name: [UInt8], value: JSONValue)] = []
    for (name, value) in object.members where !names.contains(where: name.equals) {
      members.append((name.unescaped, value))
    }
    let order = members.indices.sorted {
      members[$0].name == members[$1].name
        ? $0 < $1 : members[$0].name.lexicographicallyPrecedes(members[$1].name)
    }
    put(UInt8(ascii: "o"), count: order.count)
    for at in order {
      put(UInt8(ascii: "s"), members[at].name[...])
      put(members[at].value)
    }
  }

  private mutating func put(_ kind: UInt8, _ content: ArraySlice<UInt8>) {
    put(kind, count: content.count)
    bytes.append(contentsOf: content)
  }

  private mutating func put(_ kind: UInt8, count: Int) {
    bytes.append(kind)
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: count >> shift))
    }
  }
}
