import ControlPlane
import Testing

@testable import Dialects
@testable import Gateway
@testable import Storage

@Suite struct `An account` {
  private static let noon: Int64 = 1_795_262_400_000  // 2026-11-21T12:00:00Z
  private static let dollar: Int64 = 1_000_000_000

  private let account = Account(owner: "key:1")

  private func adopt(_ terms: KeyTerms, at now: Int64 = noon, past: [PastSpend] = [])
    -> CallerTerms
  {
    let terms = CallerTerms(terms)
    if account.beginAdopting(terms, nowMs: now) != nil {
      account.adopt(terms, past: past, nowMs: now)
    }
    return terms
  }

  private func enter(_ terms: CallerTerms, at now: Int64 = noon) throws(Failure) -> Permit {
    try account.enter(as: "ci", on: terms, nowMs: now)
  }

  private func reserve(
    _ terms: CallerTerms, _ nanoDollars: Int64 = 0, tokens: (Int, Int) = (0, 0),
    model: String = "m", at now: Int64 = noon
  ) throws(Failure) -> Permit {
    try account.reserve(
      Estimate(
        model: model, inputTokens: tokens.0, outputTokens: tokens.1, nanoDollars: nanoDollars),
      for: try enter(terms, at: now), as: "ci", nowMs: now)
  }

  @discardableResult
  private func settle(
    _ permit: Permit, _ nanoDollars: Int64 = 0, tokens: (Int, Int) = (0, 0), at now: Int64 = noon
  ) -> [BudgetAlert] {
    account.settle(
      permit,
      Spending(inputTokens: tokens.0, outputTokens: tokens.1, nanoDollars: nanoDollars), nowMs: now)
  }

  private func failure(_ body: () throws(Failure) -> Permit) -> Failure? {
    do {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func `lets so many requests in at a time`() throws {
    let terms = adopt(KeyTerms(concurrentRequests: 2))
    let first = try enter(terms)
    _ = try enter(terms)
    let refused = failure { () throws(Failure) in try enter(terms) }
    #expect(refused?.kind == .rateLimited && refused?.retryAfterSeconds == 1)
    settle(first)
    _ = try enter(terms)
    #expect(account.inFlight == 2)
  }

  @Test func `lets so many requests in a minute and says when the next may come`() throws {
    let terms = adopt(KeyTerms(requestsPerMinute: 3))
    for second in [0, 10, 20] { settle(try enter(terms, at: Self.noon + Int64(second) * 1000)) }
    let refused = failure { () throws(Failure) in try enter(terms, at: Self.noon + 30_000) }
    #expect(refused?.status == 429 && refused?.retryAfterSeconds == 31)
    #expect(failure { () throws(Failure) in try enter(terms, at: Self.noon + 60_000) } != nil)
    settle(try enter(terms, at: Self.noon + 61_000))
    #expect(failure { () throws(Failure) in try enter(terms, at: Self.noon + 61_000) } != nil)
  }

  @Test(arguments: [
    (KeyTerms(tokensPerMinute: 100), "use"), (KeyTerms(inputTokensPerMinute: 60), "send"),
    (KeyTerms(outputTokensPerMinute: 40), "get"),
  ])
  func `counts tokens in and out`(limits: KeyTerms, word: String) throws {
    let terms = adopt(limits)
    let held = try reserve(terms, tokens: (60, 40))
    let full = failure { () throws(Failure) in try reserve(terms, tokens: (1, 1)) }
    #expect(full?.message.contains("may \(word)") == true)
    settle(held, tokens: (30, 10))
    let next = try reserve(terms, tokens: (60, 40))
    settle(next, tokens: (60, 40))
    #expect(failure { () throws(Failure) in try reserve(terms, at: Self.noon + 59_000) } != nil)
    _ = try reserve(terms, at: Self.noon + 61_000)
  }

  @Test func `refuses with the time when a spent budget is whole again`() throws {
    let terms = adopt(
      KeyTerms(budgets: [BudgetTerms(limitMicroDollars: 5_000_000, period: .day)]))
    settle(try reserve(terms, Self.dollar), 5 * Self.dollar)
    let refused = try #require(failure { () throws(Failure) in try enter(terms) })
    #expect(refused.kind == .billing && refused.status == 429)
    #expect(refused.message.contains("$5.00 of its budget of $5.00 a day"))
    #expect(refused.message.contains("2026-11-22T00:00:00Z"))
    #expect(refused.retryAfterSeconds == 12 * 3600)
    _ = try enter(terms, at: Self.noon + 12 * 3_600_000)
  }

  @Test func `is passed by no more than was reserved`() throws {
    let terms = adopt(
      KeyTerms(budgets: [BudgetTerms(limitMicroDollars: 1_000_000, period: .lifetime)]))
    var held: [Permit] = []
    while let permit = try? reserve(terms, 300_000_000) { held.append(permit) }
    #expect(held.count == 4)
    let refused = failure { () throws(Failure) in try reserve(terms, 1) }
    #expect(refused?.kind == .rateLimited && refused?.code == "budget_reserved")
    for permit in held { settle(permit, 300_000_000) }
    let spent = try #require(account.standing(nowMs: Self.noon).budgets.first)
    #expect(spent.spentNanoDollars == 1_200_000_000 && spent.reservedNanoDollars == 0)
  }

  @Test func `keeps a budget of some models from the others`() throws {
    let terms = adopt(
      KeyTerms(budgets: [
        BudgetTerms(limitMicroDollars: 1_000_000, period: .month, model: "claude-*")
      ]))
    settle(try reserve(terms, model: "gpt-5"), 9 * Self.dollar)
    settle(try reserve(terms, model: "claude-opus"), Self.dollar)
    #expect(failure { () throws(Failure) in try reserve(terms, model: "claude-opus") } != nil)
    settle(try reserve(terms, model: "gpt-5"), Self.dollar)
  }

  @Test func `rolls a budget on, bit by bit`() throws {
    let terms = adopt(
      KeyTerms(budgets: [
        BudgetTerms(limitMicroDollars: 2_000_000, period: .hour, isRolling: true)
      ]))
    let minute: Int64 = 60_000
    settle(try reserve(terms), Self.dollar)
    settle(
      try reserve(terms, at: Self.noon + 30 * minute), Self.dollar, at: Self.noon + 30 * minute)
    #expect(failure { () throws(Failure) in try enter(terms, at: Self.noon + 59 * minute) } != nil)
    let later = Self.noon + 61 * minute
    settle(try reserve(terms, at: later), Self.dollar, at: later)
    #expect(failure { () throws(Failure) in try enter(terms, at: later) } != nil)
  }

  @Test func `remembers what was spent before it was opened`() {
    let past = [
      PastSpend(model: "m", atMs: Self.noon - 3_600_000, nanoDollars: 3 * Self.dollar),
      PastSpend(model: "m", atMs: Self.noon - 40 * 86_400_000, nanoDollars: 50 * Self.dollar),
    ]
    _ = adopt(
      KeyTerms(budgets: [
        BudgetTerms(limitMicroDollars: 5_000_000, period: .month),
        BudgetTerms(limitMicroDollars: 90_000_000, period: .lifetime),
        BudgetTerms(limitMicroDollars: 5_000_000, period: .week, isRolling: true),
      ]), past: past)
    let spent = account.standing(nowMs: Self.noon).budgets.map(\.spentNanoDollars)
    #expect(spent == [3 * Self.dollar, 53 * Self.dollar, 3 * Self.dollar])
  }

  @Test func `keeps what was spent when a budget is raised, and reads it for a new one`() throws {
    let small = BudgetTerms(limitMicroDollars: 1_000_000, period: .day)
    settle(try reserve(adopt(KeyTerms(budgets: [small]))), Self.dollar)
    var large = small
    large.limitMicroDollars = 10_000_000
    let raised = CallerTerms(KeyTerms(budgets: [large]))
    #expect(account.beginAdopting(raised, nowMs: Self.noon) == nil)
    #expect(account.knows(raised))
    settle(try reserve(raised), Self.dollar)
    let weekly = CallerTerms(
      KeyTerms(budgets: [large, BudgetTerms(limitMicroDollars: 9_000_000, period: .week)]))
    #expect(
      account.beginAdopting(weekly, nowMs: Self.noon) == BudgetWindow(.week, at: Self.noon).startMs)
    settle(try reserve(raised), Self.dollar)
    account.adopt(
      weekly, past: [PastSpend(model: "m", atMs: Self.noon, nanoDollars: 2 * Self.dollar)],
      nowMs: Self.noon)
    let spent = account.standing(nowMs: Self.noon).budgets.map(\.spentNanoDollars)
    #expect(spent == [3 * Self.dollar, 3 * Self.dollar])
  }

  @Test func `gives a new budget nothing back that was not reserved of it`() throws {
    let terms = adopt(KeyTerms())
    let early = try reserve(terms, 5 * Self.dollar)
    let other = adopt(
      KeyTerms(budgets: [BudgetTerms(limitMicroDollars: 50_000_000, period: .day)]))
    _ = try reserve(other, 2 * Self.dollar)
    settle(early, Self.dollar)
    let budget = try #require(account.standing(nowMs: Self.noon).budgets.first)
    #expect(budget.reservedNanoDollars == 2 * Self.dollar)
    #expect(budget.spentNanoDollars == Self.dollar)
  }

  @Test func `tells once that a budget nears its end`() throws {
    let terms = adopt(
      KeyTerms(budgets: [BudgetTerms(limitMicroDollars: 100_000_000, period: .day)]))
    var told: [[Int]] = []
    for _ in 0..<7 {
      told.append(settle(try reserve(terms), 15 * Self.dollar).map(\.percent))
    }
    #expect(told == [[], [], [], [], [75], [90], [100]])
  }

  @Test func `holds its limits against hundreds at once`() async {
    let terms = adopt(
      KeyTerms(
        requestsPerMinute: 150,
        budgets: [BudgetTerms(limitMicroDollars: 1_000_000, period: .lifetime)]))
    let account = account
    let passed = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<400 {
        group.addTask {
          do {
            let permit = try account.enter(as: "ci", on: terms, nowMs: Self.noon)
            let estimate = Estimate(
              model: "m", inputTokens: 1, outputTokens: 1, nanoDollars: 10_000_000)
            let spending = Spending(inputTokens: 1, outputTokens: 1, nanoDollars: 10_000_000)
            do {
              let held = try account.reserve(estimate, for: permit, as: "ci", nowMs: Self.noon)
              await Task.yield()
              _ = account.settle(held, spending, nowMs: Self.noon)
              return true
            } catch {
              _ = account.settle(permit, Spending(), nowMs: Self.noon)
              return false
            }
          } catch {
            return false
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(passed <= 100)
    let standing = account.standing(nowMs: Self.noon)
    #expect(standing.inFlight == 0 && standing.requests <= 150)
    #expect(standing.budgets.first?.spentNanoDollars == Int64(passed) * 10_000_000)
  }
}

@Suite struct `The book of accounts` {
  @Test func `refuses where the past cannot be read`() async {
    let book = AccountBook { _, _, _ async throws(StorageFailure) in
      throw StorageFailure(.corrupted, "the disk is gone")
    }
    let terms = CallerTerms(KeyTerms(budgets: [BudgetTerms(limitMicroDollars: 1)]))
    do throws(Failure) {
      try await book.prepare(book.account("a"), for: terms, nowMs: 0)
      Issue.record("a budget was opened without its past")
    } catch {
      #expect(error.status == 503 && error.message.contains("the disk is gone"))
    }
    #expect(!book.account("a").knows(terms))
  }

  @Test func `has one account for an owner`() {
    let book = AccountBook()
    #expect(book.account("a") === book.account("a"))
    #expect(book.account("a") !== book.account("b"))
  }
}
