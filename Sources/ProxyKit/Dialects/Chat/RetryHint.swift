/// Reads a waiting time out of an error message.
enum RetryHint {
  private static let openings = ["try again in ", "retry after ", "retry in "]

  /// Whole seconds, rounded up; nil when the message names no time.
  static func seconds(in message: String) -> Int? {
    let text = Array(message.lowercased().utf8)
    for opening in openings {
      let opening = Array(opening.utf8)
      guard let start = text.indices.first(where: { text[$0...].starts(with: opening) }) else {
        continue
      }
      if let milliseconds = milliseconds(text[(start + opening.count)...]) {
        return min((milliseconds + 999) / 1000, 86_400)
      }
    }
    return nil
  }

  /// Reads `1h2m3.5s`, `250ms`, `26 seconds`.
  private static func milliseconds(_ text: ArraySlice<UInt8>) -> Int? {
    var rest = text
    var total: Double?
    while true {
      let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 || $0 == UInt8(ascii: ".") }
      guard !digits.isEmpty, digits.count < 12,
        let number = Double(String(decoding: digits, as: UTF8.self).trimmingFullStop)
      else { break }
      rest = rest.dropFirst(digits.count).drop { $0 == 0x20 }
      let unit = rest.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
      rest = rest.dropFirst(unit.count)
      guard let factor = factor(String(decoding: unit, as: UTF8.self)) else { break }
      total = (total ?? 0) + number * factor
    }
    return total.map { Int(min($0, 1e12).rounded(.up)) }
  }

  private static func factor(_ unit: String) -> Double? {
    switch unit {
    case "ms", "millisecond", "milliseconds": 1
    case "s", "sec", "secs", "second", "seconds": 1000
    case "m", "min", "mins", "minute", "minutes": 60_000
    case "h", "hour", "hours": 3_600_000
    default: nil
    }
  }
}

extension String {
  /// The number before a sentence's end.
  fileprivate var trimmingFullStop: String {
    hasSuffix(".") ? String(dropLast()) : self
  }
}
