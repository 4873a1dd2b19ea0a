/// Google's JSON: a member has two spellings, and one value may stand for a list of one.
extension JSONValue {
  /// A member in camel case or in the spelling of the protocol buffer.
  func google(_ camel: StaticString, _ snake: StaticString) -> JSONValue? {
    self[camel] ?? self[snake]
  }

  /// The elements of a list, or the value alone.
  var googleList: [JSONValue] { kind == .array ? elements.map { $0 } : [self] }

  /// A whole number, which Google also writes as a string.
  var googleInteger: Int? { integer ?? text.flatMap { Int($0.string) } }
}

/// Reads members of a client's request and says what is wrong with them.
enum GeminiMembers {
  static func object(
    _ value: JSONValue, _ path: @autoclosure () -> String
  ) throws(Failure) {
    guard value.kind == .object else {
      throw .invalid("\(path()) must be an object, not \(value.kind.noun).", parameter: path())
    }
  }

  static func text(
    _ value: JSONValue, _ path: @autoclosure () -> String
  ) throws(Failure) -> JSONText {
    guard let text = value.text else {
      throw .invalid("\(path()) must be a string, not \(value.kind.noun).", parameter: path())
    }
    return text
  }

  static func number(_ value: JSONValue, _ path: String) throws(Failure) -> JSONRaw {
    guard value.kind == .number else {
      throw .invalid("\(path) must be a number, not \(value.kind.noun).", parameter: path)
    }
    return value.raw
  }

  /// A number that other vendors want whole, where Google's clients write `40.0`.
  static func whole(_ value: JSONValue, _ path: String) throws(Failure) -> JSONRaw {
    let raw = try number(value, path)
    guard let integer = value.integer else { return raw }
    return JSONRaw(Array(String(integer).utf8)[...])
  }

  static func integer(_ value: JSONValue, _ path: String) throws(Failure) -> Int {
    guard let integer = value.googleInteger else {
      throw .invalid("\(path) must be a whole number.", parameter: path)
    }
    return integer
  }

  static func bool(_ value: JSONValue, _ path: String) throws(Failure) -> Bool {
    guard let bool = value.bool else {
      throw .invalid("\(path) must be true or false.", parameter: path)
    }
    return bool
  }

  /// The member's name in camel case, whichever way the client spelled it.
  static func camel(_ name: JSONText) -> String {
    let name = name.string
    guard name.utf8.contains(UInt8(ascii: "_")), !name.hasPrefix("_") else { return name }
    var out = ""
    for (index, word) in name.split(separator: "_").enumerated() {
      out += index == 0 ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
    }
    return out
  }

  /// The members that the hub has no word for.
  static func extras(_ object: JSONValue, besides known: [StaticString]) -> [Extra] {
    object.members(besides: known).filter { !$0.value.isNull }.map { Extra($0.name, $0.value.raw) }
  }

  /// An object of these members.
  static func object(_ extras: [Extra]) -> JSONRaw {
    var writer = JSONWriter()
    writer.object { writer in
      for extra in extras {
        writer.name(extra.name)
        writer.raw(extra.value)
      }
    }
    return JSONRaw(writer.bytes[...])
  }
}
