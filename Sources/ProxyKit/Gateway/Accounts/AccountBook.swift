internal import ControlPlane
internal import Dialects
internal import Storage
internal import Synchronization

/// The accounts of all callers there are or were, one for each, whatever snapshot names them.
final class AccountBook: Sendable {
  typealias Past =
    @Sendable (_ owner: String, _ sinceMs: Int64, _ byMinute: Bool) async throws(StorageFailure)
    -> [PastSpend]

  private let accounts = Mutex<[String: Account]>([:])
  private let past: Past

  init(past: @escaping Past = { _, _, _ in [] }) {
    self.past = past
  }

  convenience init(store: Store) {
    self.init { owner, sinceMs, byMinute async throws(StorageFailure) in
      try await store.past(of: owner, sinceMs: sinceMs, byMinute: byMinute)
    }
  }

  /// The account of an owner.
  func account(_ owner: String) -> Account {
    accounts.withLock { accounts in
      if let known = accounts[owner] { return known }
      let new = Account(owner: owner)
      accounts[owner] = new
      return new
    }
  }

  /// Sees to it that an account goes by these terms and knows what was spent before.
  ///
  /// Only what is new to an account is read: after a start, and when it gets another budget. A
  /// budget whose past cannot be read refuses.
  func prepare(_ account: Account, for terms: CallerTerms, nowMs: Int64) async throws(Failure) {
    if account.knows(terms) { return }
    guard let since = account.beginAdopting(terms, nowMs: nowMs) else { return }
    // The calendar's periods begin with an hour; only what rolls has to know the minutes.
    let rolls = terms.terms.budgets.contains(where: \.isRolling)
    do throws(StorageFailure) {
      account.adopt(terms, past: try await past(account.owner, since, rolls), nowMs: nowMs)
    } catch {
      throw Failure(
        .internal, origin: .proxy, status: 503,
        "what was spent before cannot be read now, and without it no budget can be kept: "
          + error.message, retryAfterSeconds: 5)
    }
  }
}

extension Store {
  /// What an owner spent since a moment: by the hour, and where it matters the last one or two of
  /// them by the minute, for which the ledger itself is read.
  fileprivate func past(
    of owner: String, sinceMs: Int64, byMinute: Bool
  ) async throws(StorageFailure) -> [PastSpend] {
    let hour: Int64 = 3_600_000
    let recentMs = byMinute ? (WallClock.milliseconds() / hour - 1) * hour : .max
    var all: [PastSpend] = []
    if sinceMs < recentMs {
      let hours = try await spends(sinceMs: sinceMs, owners: [owner])
      // As late as it can have been, so that nothing leaves a window that rolls too early.
      all = hours.filter { $0.startMs < recentMs }.map { PastSpend($0, lasting: hour) }
    }
    guard byMinute else { return all }
    let minutes = try await recentSpends(sinceMs: max(sinceMs, recentMs), owners: [owner])
    return all + minutes.map { PastSpend($0, lasting: 60_000) }
  }
}

extension PastSpend {
  fileprivate init(_ spend: Spend, lasting span: Int64) {
    self.init(
      model: spend.model, atMs: spend.startMs + span - 1, nanoDollars: spend.nanoDollars)
  }
}
