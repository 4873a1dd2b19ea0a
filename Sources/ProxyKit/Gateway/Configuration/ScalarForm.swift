/// How a text becomes a value, and what such a text looks like.
struct ScalarForm<Value: Sendable>: Sendable {
  /// Completes "is not …".
  let expected: String
  let parse: @Sendable (String) -> Value?
}

extension ScalarForm where Value == String {
  static let text = ScalarForm(expected: "a text") { $0.isEmpty ? nil : $0 }
}

extension ScalarForm where Value == Bool {
  static let flag = ScalarForm(expected: "true or false") { text in
    switch text.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }
}

extension ScalarForm where Value == Int {
  static let port = number(in: 0...65_535, called: "a port from 0 to 65535")

  static func count(in range: ClosedRange<Int>) -> ScalarForm {
    number(in: range, called: "a whole number from \(range.lowerBound) to \(range.upperBound)")
  }

  private static func number(in range: ClosedRange<Int>, called name: String) -> ScalarForm {
    ScalarForm(expected: name) { text in
      guard let number = Int(text), range.contains(number) else { return nil }
      return number
    }
  }

  /// Bytes: `65536`, `64KiB`, `64 MiB`, `1GB`.
  static func byteCount(atLeast least: Int) -> ScalarForm {
    ScalarForm(expected: "a size such as 64KiB or 64MiB, at least \(least) bytes") { text in
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
      let factors = [
        "": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "k": 1 << 10,
        "m": 1 << 20, "g": 1 << 30, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000,
      ]
      guard let number = Int(digits), let factor = factors[unit] else { return nil }
      let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
      return overflow || bytes < least || bytes > 1 << 40 ? nil : bytes
    }
  }
}

extension ScalarForm where Value == Duration {
  /// A positive time up to a day: `30s`, `500ms`, `1m30s`, `2h`, or seconds without a unit.
  static let duration = ScalarForm(expected: "a duration such as 30s, 500ms or 2m") { text in
    if let seconds = Int(text) { return bounded(milliseconds: seconds, 1_000) }
    let units = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000]
    var rest = text[...]
    var sum = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard digits.count < 10, let number = Int(digits), let factor = units[String(unit)] else {
        return nil
      }
      sum += number * factor
    }
    return bounded(milliseconds: sum, 1)
  }

  private static func bounded(milliseconds number: Int, _ factor: Int) -> Duration? {
    let day = 86_400_000
    guard number > 0, number <= day / factor else { return nil }
    return .milliseconds(number * factor)
  }
}

extension ScalarForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the names of an enumeration.
  static var choice: ScalarForm {
    let names = Value.allCases.map(\.rawValue)
    return ScalarForm(expected: "one of \(names.joined(separator: ", "))") { text in
      Value(rawValue: text.lowercased())
    }
  }
}
