internal import Dialects
internal import Transport

/// Which of an upstream's headers the client sees, and under what names.
enum ReplyFields {
  /// The headers that belong to the reply, without those of one hop.
  static func forward(
    _ upstream: HTTPFields, from: Dialect, to: Dialect, into fields: inout HTTPFields,
    nowSeconds: Int
  ) {
    // Most headers are told from those that matter by their first letter.
    upstream.forEach(initials: "aorx") { name, value in
      let lower = name.lowercased()
      switch lower {
      case "retry-after", "x-should-retry": fields.append(lower, value)
      case "request-id" where to == .anthropic: fields.append("request-id", value)
      case "request-id", "x-request-id": fields.append("x-upstream-request-id", value)
      default:
        if from == to {
          if isVendor(lower) { fields.append(lower, value) }
        } else if let (mapped, text) = RateLimitFields.map(
          lower, value, from: from, to: to, nowSeconds: nowSeconds)
        {
          fields.append(mapped, text)
        }
      }
    }
  }

  private static func isVendor(_ name: String) -> Bool {
    name.hasPrefix("anthropic-") || name.hasPrefix("openai-") || name.hasPrefix("x-ratelimit-")
  }
}

/// Rate-limit headers in the words of the other vendor.
enum RateLimitFields {
  private static let pairs: [(chat: String, anthropic: String)] = [
    ("x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit"),
    ("x-ratelimit-remaining-requests", "anthropic-ratelimit-requests-remaining"),
    ("x-ratelimit-reset-requests", "anthropic-ratelimit-requests-reset"),
    ("x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit"),
    ("x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining"),
    ("x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset"),
  ]

  static func map(
    _ name: String, _ value: String, from: Dialect, to: Dialect, nowSeconds: Int
  ) -> (String, String)? {
    switch (from, to) {
    case (.chat, .anthropic):
      guard let pair = pairs.first(where: { $0.chat == name }) else { return nil }
      guard name.contains("-reset-") else { return (pair.anthropic, value) }
      guard let milliseconds = CompactDuration.milliseconds(value) else { return nil }
      let seconds = nowSeconds + (milliseconds + 999) / 1000
      return (pair.anthropic, CalendarTime.rfc3339(seconds: seconds))
    case (.anthropic, .chat):
      guard let pair = pairs.first(where: { $0.anthropic == name }) else { return nil }
      guard name.hasSuffix("-reset") else { return (pair.chat, value) }
      guard let end = CalendarTime.seconds(rfc3339: value) else { return nil }
      return (pair.chat, "\(max(0, end - nowSeconds))s")
    default: return nil
    }
  }
}

/// Durations as OpenAI writes them: `1m30s`, `20ms`, `6.2s`, `1h2m`.
enum CompactDuration {
  static func milliseconds(_ text: String) -> Int? {
    var total = 0.0
    var rest = text[...]
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isNumber || $0 == "." }
      guard let amount = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      switch unit {
      case "ms": total += amount
      case "s", "": total += amount * 1000
      case "m": total += amount * 60_000
      case "h": total += amount * 3_600_000
      case "d": total += amount * 86_400_000
      default: return nil
      }
    }
    return total < 1e15 ? Int(total.rounded(.up)) : nil
  }
}

/// Dates of the proleptic Gregorian calendar in UTC.
enum CalendarTime {
  static func rfc3339(seconds: Int) -> String {
    let days = Int((Double(seconds) / 86_400).rounded(.down))
    let (year, month, day) = date(days: days)
    let rest = seconds - days * 86_400
    return "\(pad(year, 4))-\(pad(month))-\(pad(day))T"
      + "\(pad(rest / 3600)):\(pad(rest / 60 % 60)):\(pad(rest % 60))Z"
  }

  /// Reads `2026-11-21T12:00:00Z`, with a fraction of a second or a numeric offset too.
  static func seconds(rfc3339 text: String) -> Int? {
    let parts = text.split(whereSeparator: { !$0.isNumber })
    guard parts.count >= 6, let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), let hour = Int(parts[3]), let minute = Int(parts[4]),
      let second = Int(parts[5]), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let utc = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    guard let sign = text.dropFirst(11).firstIndex(where: { $0 == "+" || $0 == "-" }) else {
      return utc
    }
    let offset = text[text.index(after: sign)...].split(separator: ":").compactMap { Int($0) }
    guard offset.count == 2 else { return nil }
    let shift = offset[0] * 3600 + offset[1] * 60
    return text[sign] == "+" ? utc - shift : utc + shift
  }

  private static func pad(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days since 1970-01-01; eras of 400 years keep the arithmetic whole.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func date(days: Int) -> (Int, Int, Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}
