/// A length of time of another proxy as one of our periods of a budget.
struct ImportPeriod: Equatable {
  /// Such as `month`, as a budget is written.
  var name: String
  /// Whether it means the same.
  var isExact: Bool

  /// Reads `30s`, `24h`, `7d`, `1mo`; nothing is for ever.
  init(_ text: String?) {
    guard let text, !text.isEmpty else {
      self.init(name: "lifetime", isExact: true)
      return
    }
    switch text.lowercased() {
    case "1h", "60m", "hourly": self.init(name: "hour", isExact: true)
    case "1d", "24h", "daily": self.init(name: "day", isExact: true)
    case "7d", "1w", "weekly": self.init(name: "week", isExact: true)
    case "1mo", "monthly": self.init(name: "month", isExact: true)
    case "30d", "31d": self.init(name: "month", isExact: false)
    default: self.init(name: Self.nearest(text.lowercased()), isExact: false)
    }
  }

  private init(name: String, isExact: Bool) {
    self.name = name
    self.isExact = isExact
  }

  /// The period that is not shorter, so that nobody gets more in it than before.
  private static func nearest(_ text: String) -> String {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let hours = ["s": 1.0 / 3600, "m": 1.0 / 60, "h": 1, "d": 24, "w": 168, "mo": 730]
    guard let number = Double(digits), let unit = hours[String(text.dropFirst(digits.count))]
    else { return "month" }
    switch number * unit {
    case ...1: return "hour"
    case ...24: return "day"
    case ...168: return "week"
    case ...744: return "month"
    default: return "lifetime"
    }
  }
}
