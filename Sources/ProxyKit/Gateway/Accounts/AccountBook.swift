internal import Dialects
internal import Storage
internal import Synchronization

/// The accounts of all callers there are or were, one for each, whatever snapshot names them.
final class AccountBook: Sendable {
  typealias Past =
    @Sendable (_ owner: String, _ sinceMs: Int64) async throws(StorageFailure) -> [PastSpend]

  private let accounts = Mutex<[String: Account]>([:])
  private let past: Past

  init(past: @escaping Past = { _, _ in [] }) {
    self.past = past
  }

  convenience init(store: Store) {
    self.init { owner, sinceMs async throws(StorageFailure) in
      try await store.past(of: owner, sinceMs: sinceMs)
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
    do throws(StorageFailure) {
      account.adopt(terms, past: try await past(account.owner, since), nowMs: nowMs)
    } catch {
      throw Failure(
        .internal, origin: .proxy, status: 503,
        "what was spent before cannot be read now, and without it no budget can be kept: "
          + error.message, retryAfterSeconds: 5)
    }
  }
}

extension Store {
  /// What an owner spent since a moment: the last hour by the minute, before that by the hour.
  fileprivate func past(
    of owner: String, sinceMs: Int64
  ) async throws(StorageFailure) -> [PastSpend] {
    let hour: Int64 = 3_600_000
    let recentMs = (WallClock.milliseconds() / hour - 1) * hour
    var all: [Spend] = []
    if sinceMs < recentMs {
      all = try await spends(sinceMs: sinceMs, owners: [owner]).filter { $0.startMs < recentMs }
    }
    all += try await recentSpends(sinceMs: max(sinceMs, recentMs), owners: [owner])
    return all.map {
      PastSpend(model: $0.model, atMs: $0.startMs, nanoDollars: $0.nanoDollars)
    }
  }
}
