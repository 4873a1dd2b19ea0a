/// Any JSON value, as far as a body of the control plane needs it.
package enum BodyValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case wholeNumber(Int64)
  case number(Double)
  case text(String)
  case list([BodyValue])
  case object([String: BodyValue])

  /// What the value is, with its article, for an error sentence.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .wholeNumber: "a whole number"
    case .number: "a number with a fraction or out of range"
    case .text: "a string"
    case .list: "a list"
    case .object: "an object"
    }
  }

  /// The value with a merge patch laid over it (RFC 7396): members that the patch leaves out stay,
  /// null takes one away.
  package func merged(with patch: BodyValue) -> BodyValue {
    guard case .object(let changes) = patch else { return patch }
    var members: [String: BodyValue] = [:]
    if case .object(let own) = self { members = own }
    for (name, change) in changes {
      members[name] = change == .null ? nil : (members[name] ?? .null).merged(with: change)
    }
    return .object(members)
  }
}

extension BodyValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .wholeNumber(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if var items = try? decoder.unkeyedContainer() {
      var list: [BodyValue] = []
      while !items.isAtEnd { list.append(try items.decode(BodyValue.self)) }
      self = .list(list)
    } else {
      self = .object(try container.decode([String: BodyValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .wholeNumber(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}
