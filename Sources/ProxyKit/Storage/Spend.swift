/// What one owner spent on one model within an hour or a minute.
package struct Spend: Sendable, Equatable {
  /// Whose account it is booked on.
  package var owner: String
  /// The model as the client named it; empty for requests that used nothing.
  package var model: String
  /// The first moment of the hour or minute.
  package var startMs: Int64
  package var requests: Int
  /// All tokens, in and out, cached or not.
  package var tokens: Int
  package var nanoDollars: Int64

  package init(
    owner: String, model: String, startMs: Int64, requests: Int, tokens: Int, nanoDollars: Int64
  ) {
    self.owner = owner
    self.model = model
    self.startMs = startMs
    self.requests = requests
    self.tokens = tokens
    self.nanoDollars = nanoDollars
  }
}

/// What one owner has spent on one model, ever and since the calendar's periods began.
package struct SpendTotal: Sendable, Equatable {
  package var owner: String
  /// The model as the client named it; empty for requests that used nothing.
  package var model: String
  package var requests: Int
  /// Ever; the members after it since the hour, day, week and month began, in UTC.
  package var nanoDollars: Int64
  package var hourNanoDollars: Int64
  package var dayNanoDollars: Int64
  package var weekNanoDollars: Int64
  package var monthNanoDollars: Int64

  package init(
    owner: String, model: String, requests: Int, nanoDollars: Int64, hourNanoDollars: Int64,
    dayNanoDollars: Int64, weekNanoDollars: Int64, monthNanoDollars: Int64
  ) {
    self.owner = owner
    self.model = model
    self.requests = requests
    self.nanoDollars = nanoDollars
    self.hourNanoDollars = hourNanoDollars
    self.dayNanoDollars = dayNanoDollars
    self.weekNanoDollars = weekNanoDollars
    self.monthNanoDollars = monthNanoDollars
  }
}
