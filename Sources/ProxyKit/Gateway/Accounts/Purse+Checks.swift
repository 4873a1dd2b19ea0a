internal import ControlPlane
internal import Dialects

extension Purse {
  /// How full it is, without what is reserved.
  mutating func percent(_ nowMs: Int64) -> Int {
    guard limit > 0 else { return 100 }
    return Int(min(Double(spent(at: nowMs)) / Double(limit) * 100, 1_000_000))
  }

  /// Refuses when all of it is spent: trying again before it is whole is of no use.
  mutating func checkSpent(of name: String, _ nowMs: Int64) throws(Failure) {
    let spent = spent(at: nowMs)
    guard spent >= limit else { return }
    let reset = resetsAtMs(nowMs)
    let end = reset.map { "; it is whole again at \(Self.moment($0))" } ?? ""
    throw Failure(
      .billing, origin: .proxy, status: 429,
      "key `\(name)` has spent \(Dollars.text(spent)) of its budget of \(terms.words)\(end)",
      code: "budget_exceeded",
      retryAfterSeconds: reset.map { Int(max(1, ($0 - nowMs + 999) / 1000)) })
  }

  /// Refuses while requests in flight may still spend the rest of it.
  mutating func checkReserved(of name: String, _ nowMs: Int64) throws(Failure) {
    guard spent(at: nowMs) >= limit - reserved, reserved > 0 else { return }
    throw Failure(
      .rateLimited, origin: .proxy, status: 429,
      "requests in flight of key `\(name)` may need the rest of its budget of \(terms.words); "
        + "try again when one has ended", code: "budget_reserved", retryAfterSeconds: 2)
  }

  private static func moment(_ milliseconds: Int64) -> String {
    CalendarTime.rfc3339(seconds: Int(milliseconds / 1000))
  }
}

extension BudgetTerms {
  /// As a sentence names it: `$50.00 a month for claude-*`.
  var words: String {
    let amount = Dollars.text(limitMicroDollars.multipliedReportingOverflow(by: 1000).partialValue)
    let time =
      switch (period, isRolling) {
      case (.lifetime, _): "in all"
      case (.month, true): "in 30 days"
      case (.week, true): "in 7 days"
      case (.day, true): "in 24 hours"
      case (.hour, true): "in 60 minutes"
      case (_, false): "a \(period.rawValue)"
      }
    return "\(amount) \(time)" + (model.map { " for \($0)" } ?? "")
  }
}

/// Money as people and headers read it.
enum Dollars {
  /// With a dollar sign and cents, or as many digits as a small amount needs.
  static func text(_ nanoDollars: Int64) -> String {
    let cents = (nanoDollars + 5_000_000) / 10_000_000
    if nanoDollars == 0 || cents >= 100 {
      let rest = String(cents % 100)
      return "$\(cents / 100)." + (rest.utf8.count == 1 ? "0" + rest : rest)
    }
    return "$" + plain(nanoDollars)
  }

  /// All nine digits behind the point that are not zero.
  static func plain(_ nanoDollars: Int64) -> String {
    let digits = String(nanoDollars.magnitude % 1_000_000_000)
    var fraction = String(repeating: "0", count: 9 - digits.utf8.count) + digits
    while fraction.utf8.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return (nanoDollars < 0 ? "-" : "") + "\(nanoDollars.magnitude / 1_000_000_000).\(fraction)"
  }
}
