/// Reads members of objects and says what is wrong with them.
enum RequestMembers {
  static func object(_ value: JSONValue, at path: String = "") throws(RequestFault) {
    guard value.kind == .object else {
      throw RequestFault("an object is needed, not \(value.kind.noun)", at: path)
    }
  }

  static func text(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> JSONText {
    guard let text = try optionalText(object, name) else {
      throw RequestFault("required, and must be a string", at: "\(name)")
    }
    return text
  }

  static func optionalText(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> JSONText? {
    guard let value = object[name] else { return nil }
    guard let text = value.text else {
      throw RequestFault("must be a string, not \(value.kind.noun)", at: "\(name)")
    }
    return text
  }

  static func optionalBool(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> Bool? {
    guard let value = object[name] else { return nil }
    guard let bool = value.bool else {
      throw RequestFault("must be true or false, not \(value.kind.noun)", at: "\(name)")
    }
    return bool
  }

  static func optionalNumber(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> JSONRaw? {
    guard let value = object[name] else { return nil }
    guard value.kind == .number else {
      throw RequestFault("must be a number, not \(value.kind.noun)", at: "\(name)")
    }
    return value.raw
  }

  static func optionalInteger(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> Int? {
    guard let value = object[name] else { return nil }
    guard let integer = value.integer, integer >= 0 else {
      throw RequestFault("must be a whole number of 0 or more", at: "\(name)")
    }
    return integer
  }

  static func optionalObject(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> JSONValue? {
    guard let value = object[name] else { return nil }
    try Self.object(value, at: "\(name)")
    return value
  }

  static func optionalArray(
    _ object: JSONValue, _ name: StaticString
  ) throws(RequestFault) -> JSONValue? {
    guard let value = object[name] else { return nil }
    guard value.kind == .array else {
      throw RequestFault("must be an array, not \(value.kind.noun)", at: "\(name)")
    }
    return value
  }

  /// The members that the hub has no word for.
  static func extras(_ object: JSONValue, besides known: [StaticString]) -> [Extra] {
    object.members(besides: known).map { Extra($0.name, $0.value.raw) }
  }

  /// What is left of an object that the hub understands in part, as one extra of that name.
  static func rest(
    _ object: JSONValue, named name: JSONText, besides known: [StaticString]
  ) -> Extra? {
    let others = extras(object, besides: known)
    guard !others.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      for extra in others {
        writer.name(extra.name)
        writer.raw(extra.value)
      }
    }
    return Extra(name, JSONRaw(writer.bytes[...]))
  }
}
