/// The calendar in which budgets begin anew: hours, days, weeks from Monday and months, all in UTC,
/// each counted from 1970.
struct SpendCalendar: Equatable {
  static let hourMs: Int64 = 3_600_000

  let hour: Int64

  var day: Int64 { floorDivided(hour, by: 24) }
  var week: Int64 { floorDivided(day + 3, by: 7) }

  /// Months since January 1970.
  var month: Int64 {
    // Counted in years that begin with March, so that the leap day is the last of its year.
    let shifted = day + 719_468
    let era = floorDivided(shifted, by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    return (era * 400 + year) * 12 + monthFromMarch + 2 - 1970 * 12
  }

  /// The hour of a moment; a clock that is far off counts as its nearest year from 1970 to 9999.
  init(atMs: Int64) {
    hour = min(max(atMs, 0), 253_402_300_799_999) / Self.hourMs
  }

  init(hour: Int64) { self.hour = hour }
}

private func floorDivided(_ number: Int64, by divisor: Int64) -> Int64 {
  let quotient = number / divisor
  return number % divisor < 0 ? quotient - 1 : quotient
}
