extension KeyTerms {
  private static let members = [
    "owner", "tags", "role", "models", "backends", "routes", "requests_per_minute",
    "tokens_per_minute", "input_tokens_per_minute", "output_tokens_per_minute",
    "concurrent_requests", "budgets", "mappings", "logs_bodies",
  ]
  private static let mostPerMinute: Int64 = 1_000_000_000_000
  private static let mostMicroDollars: Int64 = 1_000_000_000_000_000

  /// Reads terms strictly: a value that means nothing is refused by its name and with the remedy.
  init(_ value: BodyValue, at path: String) throws(ControlFailure) {
    let fields = try BodyFields(value, known: Self.members, at: path)
    func limit(_ name: String) throws(ControlFailure) -> Int? {
      try fields.wholeNumber(name, in: 1...Self.mostPerMinute).map(Int.init)
    }
    self.init(
      owner: try fields.word("owner"), tags: try fields.words("tags", atMost: 64) ?? [],
      role: try fields.choice("role") ?? .developer,
      models: try fields.words("models", atMost: 1000),
      backends: try fields.words("backends", atMost: 1000),
      routes: try fields.words("routes", atMost: 1000),
      requestsPerMinute: try limit("requests_per_minute"),
      tokensPerMinute: try limit("tokens_per_minute"),
      inputTokensPerMinute: try limit("input_tokens_per_minute"),
      outputTokensPerMinute: try limit("output_tokens_per_minute"),
      concurrentRequests: try limit("concurrent_requests"), budgets: try Self.budgets(fields),
      mappings: try Self.mappings(fields), logsBodies: try fields.flag("logs_bodies"))
  }

  private static func budgets(_ fields: BodyFields) throws(ControlFailure) -> [BudgetTerms] {
    var budgets: [BudgetTerms] = []
    for (index, value) in (try fields.list("budgets", atMost: 32) ?? []).enumerated() {
      let path = "\(fields.place(of: "budgets"))[\(index)]"
      let budget = try BudgetTerms(value, at: path)
      let twin = budgets.contains {
        $0.period == budget.period && $0.isRolling == budget.isRolling && $0.model == budget.model
      }
      if twin {
        throw ControlFailure(
          .invalid, "`\(path)` is a second budget of the same period and model",
          hint: "Keep one of the two.")
      }
      budgets.append(budget)
    }
    return budgets
  }

  private static func mappings(_ fields: BodyFields) throws(ControlFailure) -> [KeyMapping] {
    var mappings: [KeyMapping] = []
    for (index, value) in (try fields.list("mappings", atMost: 256) ?? []).enumerated() {
      let path = "\(fields.place(of: "mappings"))[\(index)]"
      let members = try BodyFields(value, known: ["pattern", "target"], at: path)
      _ = try members.requiredText("pattern")
      _ = try members.requiredText("target")
      let mapping = KeyMapping(
        pattern: try members.word("pattern") ?? "", target: try members.word("target") ?? "")
      if mappings.contains(where: { $0.pattern == mapping.pattern }) {
        throw ControlFailure(
          .invalid, "`\(path).pattern` stands in the list before and can never match",
          hint: "Keep one of the two.")
      }
      mappings.append(mapping)
    }
    return mappings
  }

  fileprivate static func microDollars(_ fields: BodyFields) throws(ControlFailure) -> Int64 {
    let name = "limit_micro_dollars"
    guard let limit = try fields.wholeNumber(name, in: 1...mostMicroDollars) else {
      throw ControlFailure(
        .invalid, "`\(fields.place(of: name))` is missing",
        hint: "Give the amount in millionths of a dollar: 20000000 are $20.")
    }
    return limit
  }
}

extension BudgetTerms {
  fileprivate init(_ value: BodyValue, at path: String) throws(ControlFailure) {
    let fields = try BodyFields(
      value, known: ["limit_micro_dollars", "period", "is_rolling", "model"], at: path)
    self.init(
      limitMicroDollars: try KeyTerms.microDollars(fields),
      period: try fields.choice("period") ?? .month, isRolling: try fields.flag("is_rolling"),
      model: try fields.word("model"))
    if isRolling, period == .lifetime {
      throw ControlFailure(
        .invalid, "`\(path)` rolls over a lifetime, which has no end to roll",
        hint: "Leave `is_rolling` out, or give another period.")
    }
  }
}

extension BodyFields {
  /// A text of 1 to 256 bytes without control characters; null and absent are the same.
  fileprivate func word(_ name: String) throws(ControlFailure) -> String? {
    guard let text = try text(name) else { return nil }
    try Self.check(text, place(of: name))
    return text
  }

  fileprivate func words(_ name: String, atMost most: Int) throws(ControlFailure) -> [String]? {
    guard let list = try list(name, atMost: most) else { return nil }
    var words: [String] = []
    for (index, value) in list.enumerated() {
      let path = "\(place(of: name))[\(index)]"
      guard case .text(let word) = value else {
        throw ControlFailure(
          .invalid, "`\(path)` must be a string, not \(value.kind)", hint: "Send a list of strings."
        )
      }
      try Self.check(word, path)
      if words.contains(word) {
        throw ControlFailure(
          .invalid, "`\(place(of: name))` has `\(PlainText.cleaned(word))` twice", hint: "Keep one."
        )
      }
      words.append(word)
    }
    return words
  }

  private static func check(_ word: String, _ path: String) throws(ControlFailure) {
    let isPlain = word.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard !word.isEmpty, word.utf8.count <= 256, isPlain, word.first != " ", word.last != " " else {
      throw ControlFailure(
        .invalid, "`\(path)` is empty, too long, or has control characters or outer spaces",
        hint: "Send 1 to 256 bytes of plain text, or null for none.")
    }
  }
}
