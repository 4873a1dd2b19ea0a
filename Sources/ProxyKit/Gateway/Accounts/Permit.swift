/// What one exchange holds of its caller's account, until it is settled.
struct Permit: Sendable {
  let account: Account
  let terms: CallerTerms
  /// What there was of purses when it reserved.
  var epoch = 0
  /// The model as the client names it, which budgets of single models go by.
  var model = ""
  var inputTokens = 0
  var outputTokens = 0
  var nanoDollars: Int64 = 0
}

/// What an exchange is expected to use at most, before anybody knows.
struct Estimate: Sendable {
  var model: String
  var inputTokens: Int
  var outputTokens: Int
  var nanoDollars: Int64
}

/// What an exchange used in the end.
struct Spending: Sendable {
  var inputTokens = 0
  var outputTokens = 0
  var nanoDollars: Int64 = 0
}
