internal import ControlPlane

/// How the screen writes numbers: the operator's shared figures, and what only a screen needs.
///
/// Times of day are shifted by the model's own offset, so that drawing asks no clock and no zone.
enum NumberFormat {
  static let unknown = "-"

  static func latency(milliseconds: Int?) -> String {
    milliseconds.map { Figures.latency(milliseconds: $0) } ?? unknown
  }

  static func elapsed(milliseconds: Int) -> String {
    Figures.elapsed(milliseconds: milliseconds)
  }

  /// `45s`, `2h14m`: how long the process has been up.
  static func uptime(milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds) / 1000
    if seconds < 100 { return "\(seconds)s" }
    return Figures.elapsed(milliseconds: Int(min(seconds, 1 << 40)) * 1000)
  }

  static func count(_ value: Int) -> String { Figures.count(max(0, value)) }

  static func rate(_ value: Double) -> String {
    value.isFinite ? Figures.rate(value) : unknown
  }

  static func percent(_ value: Double) -> String {
    value.isFinite ? Figures.percent(value) : unknown
  }

  /// `$0.0042`, `$1.25`; what cost nothing or is not known has no price.
  static func dollars(micro: Int64?) -> String {
    micro.map { Figures.dollars(micro: max(0, $0)) } ?? unknown
  }

  /// A round amount without needless digits: `$50`, `$12.40`, `$0.05`.
  static func limit(micro: Int64) -> String {
    let text = dollars(micro: micro)
    if text.hasSuffix(".00") { return String(text.dropLast(3)) }
    return text.hasPrefix("$0.") && text.hasSuffix("00") ? String(text.dropLast(2)) : text
  }

  /// `24%` of a bound, and `OVER` when it is used up.
  static func share(percent: Double) -> String {
    guard percent.isFinite else { return unknown }
    return percent >= 100 ? "OVER" : "\(Int(max(0, percent)))%"
  }

  static func age(milliseconds: Int64) -> String { Figures.age(milliseconds: milliseconds) }

  /// `12:04:33`.
  static func time(milliseconds: Int64, utcOffset: Int) -> String {
    Figures.timeOfDay(shifted(milliseconds, utcOffset), utc: true)
  }

  /// `2026-11-21`.
  static func date(milliseconds: Int64, utcOffset: Int) -> String {
    Figures.day(shifted(milliseconds, utcOffset), utc: true)
  }

  /// `12:04:33` today, `2026-12-01 00:00:00` on another day.
  static func moment(milliseconds: Int64, now: Moment) -> String {
    Figures.moment(
      shifted(milliseconds, now.utcOffset), now: shifted(now.wallMs, now.utcOffset), utc: true)
  }

  /// `Sat 21 Nov`.
  static func day(milliseconds: Int64, utcOffset: Int) -> String {
    let local = shifted(milliseconds, utcOffset)
    let days = local / 86_400_000 - (local % 86_400_000 < 0 ? 1 : 0)
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let parts = Figures.day(local, utc: true).split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...12).contains(parts[1]) else { return "" }
    return "\(weekdays[Int((days % 7 + 7) % 7)]) \(parts[2]) \(months[parts[1] - 1])"
  }

  static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func shifted(_ milliseconds: Int64, _ utcOffset: Int) -> Int64 {
    // Bounded, so that a number from a stranger cannot overflow.
    min(max(milliseconds, -(1 << 48)), 1 << 48) + Int64(utcOffset) * 1000
  }
}
