/// A moment as Amazon's signatures write it: `20250131T235959Z`, in UTC.
package struct AmazonTime: Equatable, Sendable {
  let text: String
  /// Seconds since 1970.
  package let seconds: Int64

  var day: String { String(text.prefix(8)) }

  init(seconds: Int64) {
    self.seconds = seconds
    let days = Int((seconds - ((seconds % 86_400) + 86_400) % 86_400) / 86_400)
    let clock = Int(((seconds % 86_400) + 86_400) % 86_400)
    let (year, month, day) = Self.date(days: days)
    text =
      Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2) + "T"
      + Self.padded(clock / 3600, 2) + Self.padded(clock / 60 % 60, 2)
      + Self.padded(clock % 60, 2) + "Z"
  }

  /// Nil when the text is not of this form.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
      let date = Self.number(bytes[0..<8]), let clock = Self.number(bytes[9..<15])
    else { return nil }
    self.init(
      year: date / 10_000, month: date / 100 % 100, day: date % 100,
      clock: (clock / 10_000, clock / 100 % 100, clock % 100))
  }

  /// Reads `2025-01-31T23:59:59Z`, as Amazon's answers have it; parts of a second are dropped.
  package init?(iso8601 text: String) {
    var plain = text.replacing("-", with: "").replacing(":", with: "")
    if let point = plain.firstIndex(of: ".") { plain = plain[..<point] + "Z" }
    self.init(plain.replacing("+0000", with: "Z"))
  }

  /// Reads the date of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT`.
  init?(http text: String) {
    let parts = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, ["GMT", "UTC", "+0000", "-0000"].contains(parts[5]),
      let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])),
      let year = Int(parts[3])
    else { return nil }
    let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false).compactMap {
      Int($0)
    }
    guard clock.count == 3 else { return nil }
    self.init(
      year: year, month: month + 1, day: day, clock: (clock[0], clock[1], clock[2]))
  }

  private init?(year: Int, month: Int, day: Int, clock: (Int, Int, Int)) {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0..<24).contains(clock.0), (0..<60).contains(clock.1), (0...60).contains(clock.2)
    else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    self.init(seconds: Int64(days * 86_400 + clock.0 * 3600 + clock.1 * 60 + clock.2))
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  // Years begin in March here, so that the odd day of a leap year is the last one.

  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }
}
