internal import ControlPlane
internal import Dialects
internal import Transport

/// What a caller has left of its own limits, as headers in the words of its language.
enum LimitFields {
  /// Adds the headers of a caller that has limits; one without gets those of the upstream.
  static func append(
    _ caller: Caller, in dialect: Dialect, to fields: inout HTTPFields, nowMs: Int64
  ) {
    let terms = caller.terms.terms
    let standing = caller.account.standing(nowMs: nowMs)
    let writer = Writer(speaksAnthropic: dialect == .anthropic, nowMs: nowMs)
    if let limit = terms.requestsPerMinute {
      writer.write(
        "requests", limit, used: standing.requests, standing.requestsResetSeconds, to: &fields)
    }
    let reset = standing.tokensResetSeconds
    if let limit = terms.tokensPerMinute {
      writer.write(
        "tokens", limit, used: standing.inputTokens + standing.outputTokens, reset, to: &fields)
    }
    if let limit = terms.inputTokensPerMinute {
      writer.write("input-tokens", limit, used: standing.inputTokens, reset, to: &fields)
    }
    if let limit = terms.outputTokensPerMinute {
      writer.write("output-tokens", limit, used: standing.outputTokens, reset, to: &fields)
    }
    if let warning = standing.warning { fields.append("x-anyllm-budget-warning", warning) }
  }

  private struct Writer {
    let speaksAnthropic: Bool
    let nowMs: Int64

    func write(
      _ what: String, _ limit: Int, used: Int, _ resetSeconds: Int, to fields: inout HTTPFields
    ) {
      let left = String(max(0, limit - used))
      guard speaksAnthropic else {
        fields.append("x-ratelimit-limit-\(what)", String(limit))
        fields.append("x-ratelimit-remaining-\(what)", left)
        fields.append("x-ratelimit-reset-\(what)", "\(resetSeconds)s")
        return
      }
      let end = CalendarTime.rfc3339(seconds: Int(nowMs / 1000) + resetSeconds)
      fields.append("anthropic-ratelimit-\(what)-limit", String(limit))
      fields.append("anthropic-ratelimit-\(what)-remaining", left)
      fields.append("anthropic-ratelimit-\(what)-reset", end)
    }
  }
}

extension AccountStanding {
  /// The fullest budget, once it has passed a mark.
  fileprivate var warning: String? {
    let fullest = budgets.max { $0.percent < $1.percent }
    guard let fullest, BudgetAlert.level(at: fullest.percent) != nil else { return nil }
    return "\(fullest.percent)% of \(fullest.terms.words) is spent"
  }
}

extension PurseStanding {
  /// How full it is, without what is reserved.
  var percent: Int {
    guard terms.limitMicroDollars > 0 else { return 100 }
    return Int(min(Double(spentNanoDollars) / Double(terms.limitMicroDollars) / 10, 1_000_000))
  }
}

extension KeyTerms {
  /// Whether anything is counted by the minute.
  var hasRates: Bool { requestsPerMinute != nil || limitsTokens }
}
