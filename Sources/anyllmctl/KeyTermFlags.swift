import ControlPlane

/// The terms of a key as flags say them, or the columns of a CSV file under the same names.
struct KeyTermFlags {
  /// What was given, by the flag's name.
  var values: [String: String]
  /// How a value is called in a message: `--rpm` or `rpm in line 3`.
  var name: (String) -> String
  /// Milliseconds since 1970.
  var now: Int64

  private static let counts = [
    "rpm": "requests_per_minute", "tpm": "tokens_per_minute",
    "input-tpm": "input_tokens_per_minute", "output-tpm": "output_tokens_per_minute",
    "concurrency": "concurrent_requests",
  ]
  private static let lists = ["models": "models", "backends": "backends", "routes": "routes"]

  /// The merge patch over a key's card, in which `none` takes away.
  ///
  /// What budgets there are is asked for only when some of them change.
  func patch(
    budgets known: () throws(CommandFailure) -> [BudgetTerms]
  ) throws(CommandFailure) -> BodyValue {
    var card: [String: BodyValue] = [:]
    if let text = values["name"] { card["name"] = .text(text) }
    if let text = values["note"] { card["note"] = text == "none" ? .null : .text(text) }
    if let text = values["expires"] {
      let end =
        text == "none" ? nil : try TimeSpan.expiry(text, now: now, of: name("expires"))
      card["expires_at_ms"] = end.map { .wholeNumber($0) } ?? .null
    }
    let terms = try terms(known)
    if !terms.isEmpty { card["terms"] = .object(terms) }
    return .object(card)
  }

  private func terms(
    _ known: () throws(CommandFailure) -> [BudgetTerms]
  ) throws(CommandFailure) -> [String: BodyValue] {
    var terms: [String: BodyValue] = [:]
    for (flag, member) in Self.counts {
      terms[member] = try values[flag].map { text throws(CommandFailure) in try count(text, flag) }
    }
    for (flag, member) in Self.lists {
      terms[member] = values[flag].map {
        $0 == "none" ? .null : .list(Self.words($0).map { .text($0) })
      }
    }
    terms["owner"] = values["owner"].map { $0 == "none" ? .null : .text($0) }
    terms["role"] = values["role"].map { $0 == "none" ? .null : .text($0) }
    terms["tags"] = values["tag"].map {
      $0 == "none" ? .null : .list(Self.words($0).map { .text($0) })
    }
    if let text = values["log-bodies"] {
      switch text {
      case "", "yes", "true", "1": terms["logs_bodies"] = .boolean(true)
      case "no", "none", "false", "0": terms["logs_bodies"] = .boolean(false)
      default: throw bad("log-bodies", text, hint: "Give nothing for yes, or =no.")
      }
    }
    terms["mappings"] = try values["map"].map(mappings)
    if values["budget"] != nil || values["model-budget"] != nil {
      terms["budgets"] = try budgets(try known())
    } else if values["period"] != nil || values["rolling"] != nil {
      throw CommandFailure.usage(
        "\(name("period")) and \(name("rolling")) say how to count a budget, and none is given",
        hint: "Add --budget 50, or --model-budget.")
    }
    return terms
  }

  private func count(_ text: String, _ flag: String) throws(CommandFailure) -> BodyValue {
    if text == "none" { return .null }
    guard let number = Int64(text), number >= 1 else {
      throw bad(flag, text, hint: "Give a whole number from 1 on, or none.")
    }
    return .wholeNumber(number)
  }

  private func mappings(_ text: String) throws(CommandFailure) -> BodyValue {
    if text == "none" { return .null }
    var rules: [BodyValue] = []
    for word in Self.words(text) {
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else {
        throw bad("map", text, hint: "Write 'PATTERN=backend:model', with commas between.")
      }
      rules.append(.object(["pattern": .text(pair[0]), "target": .text(pair[1])]))
    }
    return .list(rules)
  }

  // MARK: Budgets

  /// Those given, and of those known the kind that no flag speaks of.
  private func budgets(_ known: [BudgetTerms]) throws(CommandFailure) -> BodyValue {
    var budgets: [BudgetTerms] = []
    if let text = values["budget"] {
      for word in Self.words(text) where text != "none" {
        budgets.append(try budget(word, model: nil, "budget", text))
      }
    } else {
      budgets += known.filter { $0.model == nil }
    }
    guard let text = values["model-budget"] else {
      return .list((budgets + known.filter { $0.model != nil }).map(Self.value))
    }
    for word in Self.words(text) where text != "none" {
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else {
        throw bad("model-budget", text, hint: "Write 'claude-*=20/day', with commas between.")
      }
      budgets.append(try budget(pair[1], model: pair[0], "model-budget", text))
    }
    return .list(budgets.map(Self.value))
  }

  private func budget(
    _ word: String, model: String?, _ flag: String, _ text: String
  ) throws(CommandFailure) -> BudgetTerms {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let period = parts.count == 2 ? parts[1] : values["period"] ?? "month"
    guard parts.count <= 2, let limit = Self.microDollars(parts[0]), limit > 0,
      let period = BudgetPeriod(rawValue: period)
    else {
      let periods = BudgetPeriod.allCases.map(\.rawValue).joined(separator: ", ")
      throw bad(
        flag, text, hint: "Write dollars and perhaps a period, such as 20/day; of: \(periods).")
    }
    return BudgetTerms(
      limitMicroDollars: limit, period: period, isRolling: values["rolling"] != nil, model: model)
  }

  private static func value(_ budget: BudgetTerms) -> BodyValue {
    var members: [String: BodyValue] = [
      "limit_micro_dollars": .wholeNumber(budget.limitMicroDollars),
      "period": .text(budget.period.rawValue), "is_rolling": .boolean(budget.isRolling),
    ]
    if let model = budget.model { members["model"] = .text(model) }
    return .object(members)
  }

  /// `50`, `$2.5` or `0.000001` in millionths of a dollar.
  static func microDollars(_ text: String) -> Int64? {
    let digits = text.hasPrefix("$") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].count <= 12, let whole = Int64(parts[0]),
      parts[0].first != "-", parts[0].first != "+"
    else { return nil }
    guard parts.count == 2 else { return whole * 1_000_000 }
    let fraction = parts[1]
    guard (1...6).contains(fraction.count), fraction.allSatisfy({ ("0"..."9").contains($0) }),
      let units = Int64(fraction + String(repeating: "0", count: 6 - fraction.count))
    else { return nil }
    return whole * 1_000_000 + units
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { word in
      String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }

  private func bad(_ flag: String, _ text: String, hint: String) -> CommandFailure {
    CommandFailure.badValue("\(name(flag)) is `\(PlainText.cleaned(text))`", hint: hint)
  }
}
