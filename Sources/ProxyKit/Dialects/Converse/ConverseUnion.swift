/// Values of which exactly one member says what they are.
enum ConverseUnion {
  /// The one member that is there.
  static func member(
    of value: JSONValue
  ) throws(RequestFault) -> (name: JSONText, value: JSONValue) {
    try RequestMembers.object(value)
    var found: (name: JSONText, value: JSONValue)?
    for (name, member) in value.members where !member.isNull {
      guard found == nil else {
        throw RequestFault("must have one member only, which says what it is")
      }
      found = (name, member)
    }
    guard let found else { throw RequestFault("must have a member, which says what it is") }
    return found
  }

  /// The first member that is there, for replies; nil when there is none.
  static func first(of value: JSONValue) -> (name: JSONText, value: JSONValue)? {
    for (name, member) in value.members where !member.isNull { return (name, member) }
    return nil
  }

  /// The members that a content block may have; what else is called a block is of no Converse.
  private static let blocks: [StaticString] = [
    "text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent",
    "cachePoint", "reasoningContent", "citationsContent", "searchResult", "toolAddition",
    "toolRemoval",
  ]

  /// Whether the value is a content block of this language, of the kind that it is said to be.
  static func isBlock(_ raw: JSONRaw, of type: JSONText) -> Bool {
    guard blocks.contains(where: { type.equals($0) }), let value = try? raw.parsed(),
      let (name, _) = first(of: value)
    else { return false }
    return name == type
  }
}
