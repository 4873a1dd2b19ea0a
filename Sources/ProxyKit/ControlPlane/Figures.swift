internal import Glibc

/// How numbers and times read, the same in the dashboard and in `anyllmctl`.
package enum Figures {
  /// A latency: `212ms`, `1.31s`, `48.0s`, `2m03s`.
  package static func latency(milliseconds: Int) -> String {
    switch max(0, milliseconds) {
    case let value where value < 1000: return "\(value)ms"
    case let value where value < 9_995: return "\(fixed(Double(value) / 1000, 2))s"
    case let value where value < 99_950: return "\(fixed(Double(value) / 1000, 1))s"
    case let value: return long(seconds: value / 1000)
    }
  }

  /// An elapsed time: `0.4s`, `48.0s`, `2m03s`, `1h04m`, `3d`.
  package static func elapsed(milliseconds: Int) -> String {
    let value = max(0, milliseconds)
    return value < 99_950 ? "\(fixed(Double(value) / 1000, 1))s" : long(seconds: value / 1000)
  }

  /// A count: exact up to 9999, then `12.4k`, `1.2M`.
  package static func count(_ value: Int) -> String {
    guard value > 9999 else { return "\(value)" }
    return scaled(Double(value))
  }

  /// A rate: `0.4`, `36.3`, `412`, `1.2k`.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0.0" }
    if value < 99.95 { return fixed(value, 1) }
    if value < 999.5 { return fixed(value, 0) }
    return scaled(value)
  }

  /// A percentage without its sign: `6.1`, `100`.
  package static func percent(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0.0" }
    return value >= 99.95 ? "100" : fixed(value, 1)
  }

  /// Money: `$0`, `$0.0042`, `$1.25`, `$412`, `$12.4k`.
  package static func dollars(micro: Int64) -> String {
    let value = Double(micro) / 1_000_000
    switch abs(value) {
    case 0: return "$0"
    case ..<0.00005: return "<$0.0001"
    case ..<0.995:
      let units = Int((value * 10_000).rounded())
      let digits = "\(units)"
      return "$0." + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    case ..<99.995: return "$" + fixed(value, 2)
    case ..<9999.5: return "$" + fixed(value, 0)
    default: return "$" + scaled(value)
    }
  }

  /// An age: `2s`, `4m`, `3h`, `9d`.
  package static func age(milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds / 1000)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    case ..<86_400: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  /// A time of day, `14:03:11`.
  package static func timeOfDay(_ milliseconds: Int64, utc: Bool = false) -> String {
    let parts = calendar(milliseconds, utc: utc)
    return "\(padded(parts.hour)):\(padded(parts.minute)):\(padded(parts.second))"
  }

  /// A day, `2026-11-21`.
  package static func day(_ milliseconds: Int64, utc: Bool = false) -> String {
    let parts = calendar(milliseconds, utc: utc)
    return "\(parts.year)-\(padded(parts.month))-\(padded(parts.day))"
  }

  /// A moment as short as it stays clear: the time of day today, day and time otherwise.
  package static func moment(_ milliseconds: Int64, now: Int64, utc: Bool = false) -> String {
    let time = timeOfDay(milliseconds, utc: utc)
    let date = day(milliseconds, utc: utc)
    return date == day(now, utc: utc) ? time : "\(date) \(time)"
  }

  private static func long(seconds: Int) -> String {
    if seconds < 3600 { return "\(seconds / 60)m\(padded(seconds % 60))s" }
    if seconds < 86_400 { return "\(seconds / 3600)h\(padded(seconds % 3600 / 60))m" }
    return "\(seconds / 86_400)d"
  }

  /// Three significant digits with their unit.
  private static func scaled(_ value: Double) -> String {
    var value = value
    for unit in ["", "k", "M", "G"] {
      if value < 99.95, !unit.isEmpty { return fixed(value, 1) + unit }
      if value < 999.5 { return fixed(value, 0) + unit }
      value /= 1000
    }
    return fixed(value, 1) + "T"
  }

  /// Decimal text with a fixed number of decimals, rounded half away from zero.
  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    let factor = decimals == 0 ? 1 : decimals == 1 ? 10 : 100
    let units = Int((min(value, 1e15) * Double(factor)).rounded())
    guard decimals > 0 else { return "\(units)" }
    let fraction = String(units % factor)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(units / factor).\(zeros)\(fraction)"
  }

  private static func padded(_ value: Int) -> String {
    value < 10 ? "0\(value)" : "\(value)"
  }

  private static func calendar(_ milliseconds: Int64, utc: Bool) -> (
    year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
  ) {
    var seconds = time_t(milliseconds / 1000)
    var parts = unsafe tm()
    if utc {
      unsafe gmtime_r(&seconds, &parts)
    } else {
      unsafe localtime_r(&seconds, &parts)
    }
    return unsafe (
      Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour),
      Int(parts.tm_min), Int(parts.tm_sec)
    )
  }
}
