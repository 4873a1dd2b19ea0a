internal import ControlPlane

/// What an account has used of its limits at one moment.
struct AccountStanding: Sendable {
  var inFlight: Int
  /// Within the last minute.
  var requests: Int
  /// Within the last minute, and what requests in flight set aside.
  var inputTokens: Int
  var outputTokens: Int
  var requestsResetSeconds: Int
  var tokensResetSeconds: Int
  var budgets: [PurseStanding]
}

/// How much of one budget is gone.
struct PurseStanding: Sendable, Equatable {
  var terms: BudgetTerms
  var spentNanoDollars: Int64
  var reservedNanoDollars: Int64
  var resetsAtMs: Int64?
}

/// What was spent on a model at some time before.
struct PastSpend: Sendable, Equatable {
  var model: String
  var atMs: Int64
  var nanoDollars: Int64
}

/// A budget that has reached a mark at which its owner should know.
struct BudgetAlert: Sendable, Equatable {
  private static let levels = [100, 95, 90, 75]

  var percent: Int
  var terms: BudgetTerms

  /// The highest mark that lies between two fillings.
  static func level(from before: Int, to after: Int) -> Int? {
    levels.first { before < $0 && $0 <= after }
  }

  /// The mark that a filling has passed.
  static func level(at percent: Int) -> Int? { level(from: 0, to: percent) }
}
