/// Any JSON value, as far as a body of the control plane needs it.
enum BodyValue: Decodable {
  case null
  case boolean(Bool)
  case wholeNumber(Int64)
  case number
  case text(String)
  case list
  case object([String: BodyValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .wholeNumber(value)
    } else if (try? container.decode(Double.self)) != nil {
      self = .number
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if (try? decoder.unkeyedContainer()) != nil {
      self = .list
    } else {
      self = .object(try container.decode([String: BodyValue].self))
    }
  }

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
}
