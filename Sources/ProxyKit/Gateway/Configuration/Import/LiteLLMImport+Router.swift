extension LiteLLMImport {
  /// Reads `router_settings`.
  mutating func readRouter(_ section: inout ImportSection) {
    if let strategy = section.text("routing_strategy") { readStrategy(strategy, section.path) }
    readTries(&section)
    readFallbacks(&section)
    readAliases(&section)
    if let limit = section.text("default_max_parallel_requests"),
      let number = notes.count(limit, in: 1...1_000_000, path: section.path(of: "default_…"))
    {
      draft.eachDeployment { deployment in
        deployment.concurrent = deployment.concurrent ?? number
      }
      notes.taken("\(section.path).default_max_parallel_requests", at: limit.mark)
    }
    notes.leave(section, because: Self.routerReasons)
  }

  private mutating func readStrategy(_ text: ImportText, _ path: String) {
    guard let strategy = ScalarForm.strategy.parse(text.value) else {
      notes.lost(
        "\(path).routing_strategy \"\(text.value)\"", at: text.mark,
        remedy: "routes shuffle; write strategy: with each that should not")
      return
    }
    draft.strategy = strategy.rawValue
    notes.taken("\(path).routing_strategy as \(strategy.rawValue)", at: text.mark)
  }

  /// Retries, times and the breaker, which stand in two sections there and with backends here.
  mutating func readTries(_ section: inout ImportSection) {
    if let retries = section.text("num_retries"),
      let number = notes.count(retries, in: 0...10, path: section.path(of: "num_retries"))
    {
      draft.fillBackends(WrittenMember("retries", .number(number)))
      notes.taken("\(section.path).num_retries, with each backend", at: retries.mark)
    }
    let times = [
      ("timeout", "total_timeout"), ("request_timeout", "total_timeout"),
      ("stream_timeout", "first_byte_timeout"),
    ]
    for (theirs, ours) in times {
      guard let text = section.text(theirs) else { continue }
      guard let seconds = text.seconds else {
        notes.lost("\(section.path(of: theirs)) \"\(text.value)\"", at: text.mark)
        continue
      }
      draft.fillBackends(WrittenMember(ours, seconds))
      notes.taken("\(section.path(of: theirs)) as \(ours) of each backend", at: text.mark)
    }
    readBreaker(&section)
  }

  private mutating func readBreaker(_ section: inout ImportSection) {
    var circuit: [WrittenMember] = []
    if let fails = section.text("allowed_fails"),
      let number = notes.count(fails, in: 0...999, path: section.path(of: "allowed_fails"))
    {
      circuit.append(WrittenMember("failures", .number(number + 1)))
      notes.changed(
        "\(section.path).allowed_fails counts failures in a row here, not in a minute",
        at: fails.mark)
    }
    if let pause = section.text("cooldown_time"), let seconds = pause.seconds {
      circuit.append(WrittenMember("pause", seconds))
      notes.taken("\(section.path).cooldown_time as circuit.pause", at: pause.mark)
    }
    if !circuit.isEmpty { draft.fillBackends(WrittenMember("circuit", .members(circuit))) }
  }

  /// The lists of fallbacks, which stand in either section.
  mutating func readFallbacks(_ section: inout ImportSection) {
    for (key, condition) in [
      ("fallbacks", nil), ("context_window_fallbacks", "context"),
      ("content_policy_fallbacks", "filter"),
    ] {
      for item in section.items(key) {
        for member in item.members ?? [] {
          let names = (member.value.items ?? [member.value]).compactMap(\.scalar?.text)
          fallbacks.append(
            LiteLLMFallback(
              from: member.key, to: names, condition: condition, mark: member.keyMark))
          notes.taken("\(section.path).\(key) of \(member.key)", at: member.keyMark)
        }
      }
    }
    if let member = section.take("default_fallbacks") {
      let names = (member.value.items ?? [member.value]).compactMap(\.scalar?.text)
      fallbacks.append(LiteLLMFallback(from: "*", to: names, mark: member.keyMark))
      notes.taken("\(section.path).default_fallbacks, with each model", at: member.keyMark)
    }
  }

  private mutating func readAliases(_ section: inout ImportSection) {
    guard let aliases = section.section("model_group_alias") else { return }
    for member in aliases.rest {
      let target = member.value.scalar ?? member.value["model"]?.scalar
      guard let target else {
        notes.lost("the alias \(member.key)", at: member.keyMark, remedy: "it names no model")
        continue
      }
      draft.aliases.append(
        ImportAlias(name: member.key, of: target.text, mark: member.keyMark))
      notes.taken("the alias \(member.key) of \(target.text)", at: member.keyMark)
    }
  }

  private static let routerReasons = [
    "redis_host": "one gateway keeps its counters itself",
    "redis_password": "one gateway keeps its counters itself",
    "redis_port": "one gateway keeps its counters itself",
    "redis_url": "one gateway keeps its counters itself",
    "enable_pre_call_checks": "a request that is too long goes to fallbacks with on: context",
    "retry_after": "pauses between tries grow by themselves",
    "retry_policy": "what may be tried again is known by the failure",
    "allowed_fails_policy": "write circuit: with the backend",
    "model_group_retry_policy": "what may be tried again is known by the failure",
    "provider_budget_config": "budgets belong to keys here",
    "routing_strategy_args": "the strategy takes no arguments here",
    "disable_cooldowns": "write circuit: {failures: 1000} with the backends",
    "set_verbose": "write log: {level: debug}", "debug_level": "write log: {level: debug}",
    "max_fallbacks": "all fallbacks are asked, in their order",
    "enable_tag_filtering": "routing by tags comes later",
    "tag_filtering": "routing by tags comes later",
    "cache_responses": "write cache:",
    "optional_pre_call_checks": "sessions stay where they were served by themselves",
  ]
}
