import ControlPlane
import Glibc

/// Reads the times that people type.
enum TimeSpan {
  private static let units: [Character: Int] = [
    "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
  ]

  /// A span such as `500ms`, `10s`, `1h30m` or `30d`, longer than nothing; a bare number is
  /// seconds.
  static func milliseconds(_ text: String, of name: String) throws(CommandFailure) -> Int {
    guard let span = milliseconds(text), span > 0 else {
      throw CommandFailure.badValue(
        "\(name) is `\(PlainText.cleaned(text))`",
        hint: "Give a time such as 500ms, 10s, 5m, 1h30m or 30d.")
    }
    return span
  }

  /// When something ends: `never` is nil, a span counts from now, a date is its first moment in
  /// local time, and a full time stands for itself.
  static func expiry(
    _ text: String, now: Int64, of name: String
  ) throws(CommandFailure) -> Int64? {
    if text == "never" { return nil }
    let moment: Int64
    if let span = milliseconds(text) {
      moment = now + Int64(span)
    } else if let date = date(text) {
      moment = date
    } else {
      throw CommandFailure.badValue(
        "\(name) is `\(PlainText.cleaned(text))`",
        hint: "Give a span (12h, 30d), a date (2027-01-31), a time (2027-01-31T12:00:00Z) or never."
      )
    }
    guard moment > now else {
      throw CommandFailure.badValue(
        "\(name) `\(PlainText.cleaned(text))` is in the past", hint: "Give a later time, or never.")
    }
    return moment
  }

  /// A moment that has come: a span counts back from now, a date is its first moment in local
  /// time, and a full time stands for itself.
  static func moment(_ text: String, now: Int64, of name: String) throws(CommandFailure) -> Int64 {
    if let span = milliseconds(text) { return max(0, now - Int64(span)) }
    if let date = date(text) { return max(0, date) }
    throw CommandFailure.badValue(
      "\(name) is `\(PlainText.cleaned(text))`",
      hint: "Give a span back from now (12h, 30d), a date (2027-01-31) or a time "
        + "(2027-01-31T12:00:00Z).")
  }

  private static func milliseconds(_ text: String) -> Int? {
    if let seconds = Int(text) { return checked(seconds, times: 1000) }
    if text.hasSuffix("ms") { return Int(text.dropLast(2)) }
    var total = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        guard let unit = units[character], let number = Int(digits),
          let part = checked(number, times: unit)
        else { return nil }
        total += part
        digits = ""
      }
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
  }

  /// The product, unless it is beyond a thousand years.
  private static func checked(_ number: Int, times unit: Int) -> Int? {
    let (product, overflows) = number.multipliedReportingOverflow(by: unit)
    return overflows || product > 31_557_600_000_000 || product < 0 ? nil : product
  }

  private static func date(_ text: String) -> Int64? {
    let isUTC = text.hasSuffix("Z")
    let parts = (isUTC ? text.dropLast() : text[...]).split(
      separator: "T", omittingEmptySubsequences: false)
    guard parts.count <= 2, let day = numbers(parts[0], separator: "-", widths: [4, 2, 2]),
      (1...12).contains(day[1]), (1...31).contains(day[2])
    else { return nil }
    var clock = [0, 0, 0]
    if parts.count == 2 {
      guard let time = numbers(parts[1], separator: ":", widths: [2, 2, 2]), time[0] < 24,
        time[1] < 60, time[2] < 61
      else { return nil }
      clock = time
    } else if isUTC {
      return nil
    }
    var fields = unsafe tm()
    unsafe fields.tm_year = Int32(day[0] - 1900)
    unsafe fields.tm_mon = Int32(day[1] - 1)
    unsafe fields.tm_mday = Int32(day[2])
    unsafe fields.tm_hour = Int32(clock[0])
    unsafe fields.tm_min = Int32(clock[1])
    unsafe fields.tm_sec = Int32(clock[2])
    unsafe fields.tm_isdst = -1
    let seconds = unsafe isUTC ? timegm(&fields) : mktime(&fields)
    // A day that the month does not have comes back as another one.
    return unsafe fields.tm_mday == Int32(day[2]) ? Int64(seconds) * 1000 : nil
  }

  private static func numbers(
    _ text: Substring, separator: Character, widths: [Int]
  ) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.map(\.count) == widths else { return nil }
    let numbers = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
    }
    return numbers.count == widths.count ? numbers : nil
  }
}
