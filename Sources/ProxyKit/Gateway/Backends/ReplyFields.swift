internal import Dialects
internal import Transport

/// Which of an upstream's headers the client sees, and under what names.
enum ReplyFields {
  /// The headers that belong to the reply, without those of one hop, and without what the upstream
  /// leaves us where the caller has limits of its own.
  static func forward(
    _ upstream: HTTPFields, from: Dialect, to: Dialect, into fields: inout HTTPFields,
    showingLimits: Bool, nowSeconds: Int
  ) {
    // Most headers are told from those that matter by their first letter.
    upstream.forEach(initials: "aorx") { name, value in
      let lower = name.lowercased()
      switch lower {
      case "retry-after", "x-should-retry": fields.append(lower, value)
      case "request-id" where to == .anthropic: fields.append("request-id", value)
      case "request-id", "x-request-id": fields.append("x-upstream-request-id", value)
      default:
        if !showingLimits, lower.contains("ratelimit-") { break }
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
