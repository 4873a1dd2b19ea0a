/// Dates of the proleptic Gregorian calendar in UTC.
enum CalendarTime {
  static func rfc3339(seconds: Int) -> String {
    let days = Int((Double(seconds) / 86_400).rounded(.down))
    let (year, month, day) = date(days: days)
    let rest = seconds - days * 86_400
    var text: [UInt8] = []
    text.reserveCapacity(20)
    func write(_ number: Int, _ end: Unicode.Scalar, width: Int = 2) {
      var divisor = width == 4 ? 1000 : 10
      while divisor > 0 {
        text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
        divisor /= 10
      }
      text.append(UInt8(ascii: end))
    }
    write(year, "-", width: 4)
    write(month, "-")
    write(day, "T")
    write(rest / 3600, ":")
    write(rest / 60 % 60, ":")
    write(rest % 60, "Z")
    return String(decoding: text, as: UTF8.self)
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

  /// Days since 1970-01-01; eras of 400 years keep the arithmetic whole.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func date(days: Int) -> (Int, Int, Int) {
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
