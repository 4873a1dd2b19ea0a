internal import FoundationEssentials

/// The JSON of the control plane: snake_case members in a stable order.
package enum WireJSON {
  /// The value as the socket and `--json` show it, on one line.
  package static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Our own values always encode; the empty object keeps a reader going if one ever does not.
    guard let encoded = try? encoder.encode(value) else { return Array("{}".utf8) }
    return Array(encoded)
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8]
  ) throws(WireMismatch) -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      WireKey(path.last?.stringValue ?? "", camelCased: true)
    }
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch {
      throw WireMismatch(error)
    }
  }
}

/// Why bytes were not the JSON that was expected, in one sentence.
struct WireMismatch: Error, Equatable {
  var sentence: String

  init(sentence: String) {
    self.sentence = sentence
  }

  init(_ error: any Error) {
    guard let error = error as? DecodingError else {
      sentence = "the body is not JSON"
      return
    }
    switch error {
    case .dataCorrupted(let context):
      sentence = Self.located(context, fallback: "the body is not valid JSON")
    case .keyNotFound(let key, let context):
      let member = WireKey.snakeCased(key.stringValue)
      sentence = "`\(Self.path(context.codingPath, then: member))` is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      sentence = "`\(Self.path(context.codingPath))` has the wrong type"
    @unknown default:
      sentence = "the body is not what was expected"
    }
  }

  private static func located(_ context: DecodingError.Context, fallback: String) -> String {
    guard let cause = context.underlyingError else { return fallback }
    let words = String(describing: cause)
    let marker = "around line "
    guard let line = words.firstRange(of: marker) else { return fallback }
    let place = words[line.upperBound...].prefix { $0 != "." && $0 != "\"" && $0 != ")" }
    return "\(fallback) (near line \(place))"
  }

  private static func path(_ keys: [any CodingKey], then last: String? = nil) -> String {
    let words =
      keys.map { key in
        key.intValue.map { "\($0)" } ?? WireKey.snakeCased(key.stringValue)
      } + (last.map { [$0] } ?? [])
    return words.isEmpty ? "body" : words.joined(separator: ".")
  }
}

/// A member name on its way between snake_case on the wire and the Swift property.
struct WireKey: CodingKey {
  var stringValue: String
  var intValue: Int?

  init?(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) {
    self.stringValue = "\(intValue)"
    self.intValue = intValue
  }

  /// The property that `name` belongs to: `base_url` is `baseURL`, `last_request_id` is
  /// `lastRequestID`.
  init(_ name: String, camelCased: Bool) {
    let words = name.split(separator: "_")
    guard camelCased, let first = words.first else {
      stringValue = name
      return
    }
    stringValue =
      first
      + words.dropFirst().map { word in
        switch word {
        case "url", "id": word.uppercased()
        default: word.prefix(1).uppercased() + word.dropFirst()
        }
      }.joined()
  }

  static func snakeCased(_ name: String) -> String {
    var result = ""
    var previousIsLower = false
    for character in name {
      if character.isUppercase, previousIsLower { result.append("_") }
      previousIsLower = character.isLowercase || character.isNumber
      result += character.lowercased()
    }
    return result
  }
}
