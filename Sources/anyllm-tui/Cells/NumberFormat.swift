/// How numbers are written everywhere on the screen; an unknown one is `-`.
enum NumberFormat {
  static let unknown = "-"

  /// `212ms`, `1.31s`, `48.0s`, `2m03s`.
  static func latency(milliseconds: Int?) -> String {
    guard let milliseconds else { return unknown }
    let value = max(0, milliseconds)
    if value < 1000 { return "\(value)ms" }
    if value < 9_995 { return fixed(thousandths: value, decimals: 2) + "s" }
    return elapsed(milliseconds: value)
  }

  /// `13.4s`, `2m03s`, `1h04m`, `3d`.
  static func elapsed(milliseconds: Int) -> String {
    let value = max(0, milliseconds)
    if value < 99_950 { return fixed(thousandths: value, decimals: 1) + "s" }
    let seconds = value / 1000
    if seconds < 3600 { return "\(seconds / 60)m\(twoDigits(seconds % 60))s" }
    if seconds < 86_400 { return "\(seconds / 3600)h\(twoDigits(seconds / 60 % 60))m" }
    return "\(seconds / 86_400)d"
  }

  /// `45s`, `2h14m`: how long the process has been up.
  static func uptime(milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds) / 1000
    if seconds < 60 { return "\(seconds)s" }
    return elapsed(milliseconds: Int(min(seconds, 1 << 40)) * 1000)
  }

  /// Exact to 9999, then `12.4k`, `124k`, `1.2M`.
  static func count(_ value: Int) -> String {
    if value < 10_000 { return "\(max(0, value))" }
    return scaled(Double(value))
  }

  /// `0.4`, `36.3`, `412`, `1.2k`.
  static func rate(_ value: Double) -> String {
    guard value.isFinite else { return unknown }
    let positive = max(0, value)
    if positive < 99.95 { return fixed(thousandths: Int(positive * 1000), decimals: 1) }
    if positive < 999.5 { return "\(Int(positive.rounded()))" }
    return scaled(positive)
  }

  /// `6.1`, `100`.
  static func percent(_ value: Double) -> String {
    guard value.isFinite else { return unknown }
    let bounded = min(100, max(0, value))
    return bounded >= 99.95 ? "100" : fixed(thousandths: Int(bounded * 1000), decimals: 1)
  }

  /// `2s`, `4m`, `3h`, `9d`.
  static func age(milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds) / 1000
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    case ..<86_400: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  /// `12:04:33`.
  static func time(milliseconds: Int64, utcOffset: Int) -> String {
    let seconds = floorModulo(secondsSinceEpoch(milliseconds, utcOffset), 86_400)
    return "\(twoDigits(Int(seconds / 3600))):\(twoDigits(Int(seconds / 60 % 60)))"
      + ":\(twoDigits(Int(seconds % 60)))"
  }

  /// `Sat 21 Nov`.
  static func day(milliseconds: Int64, utcOffset: Int) -> String {
    let days = floorDivide(secondsSinceEpoch(milliseconds, utcOffset), 86_400)
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let date = civil(days)
    return "\(weekdays[Int(floorModulo(days, 7))]) \(date.day) \(months[date.month - 1])"
  }

  /// `2026-11-21`.
  static func date(milliseconds: Int64, utcOffset: Int) -> String {
    let date = civil(floorDivide(secondsSinceEpoch(milliseconds, utcOffset), 86_400))
    return "\(date.year)-\(twoDigits(date.month))-\(twoDigits(date.day))"
  }

  static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// Rounds a number of thousandths to one or two decimals.
  private static func fixed(thousandths: Int, decimals: Int) -> String {
    let step = decimals == 2 ? 10 : 100
    let scale = decimals == 2 ? 100 : 10
    let rounded = (thousandths + step / 2) / step
    let fraction = rounded % scale
    return "\(rounded / scale)." + (decimals == 2 ? twoDigits(fraction) : "\(fraction)")
  }

  private static func scaled(_ value: Double) -> String {
    var rest = value
    for unit in ["k", "M", "G", "T"] {
      rest /= 1000
      if rest < 99.95 { return fixed(thousandths: Int(rest * 1000), decimals: 1) + unit }
      if rest < 999.5 { return "\(Int(rest.rounded()))" + unit }
    }
    return rest < 1e15 ? "\(Int(rest.rounded()))T" : unknown
  }

  private static func secondsSinceEpoch(_ milliseconds: Int64, _ utcOffset: Int) -> Int64 {
    floorDivide(milliseconds, 1000) + Int64(utcOffset)
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  private static func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
    value - floorDivide(value, divisor) * divisor
  }

  /// The Gregorian date of a day counted from 1970, reckoned in years that begin in March.
  private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (
      Int(year + era * 400 + (month <= 2 ? 1 : 0)), Int(month),
      Int(dayOfYear - (153 * march + 2) / 5 + 1)
    )
  }
}
