extension LiteLLMImport {
  /// Reads `litellm_settings`.
  mutating func readSettings(_ section: inout ImportSection) {
    readTries(&section)
    readFallbacks(&section)
    readCache(&section)
    readBudget(&section)
    if let flag = section.text("drop_params") {
      notes.changed(
        "\(section.path).drop_params", at: flag.mark,
        remedy: "what a backend cannot take is always left out, and told as a loss")
    }
    if section.text("json_logs")?.flag == true {
      draft.closing.append(WrittenMember("log", .members([WrittenMember("format", "json")])))
    }
    for key in ["callbacks", "success_callback", "failure_callback", "service_callback"] {
      guard let member = section.take(key) else { continue }
      let names = (member.value.items ?? [member.value]).compactMap(\.scalar?.text)
      notes.lost(
        "\(section.path).\(key): \(names.joined(separator: ", "))", at: member.keyMark,
        remedy: "callbacks come later; the ledger and the log are always there")
    }
    notes.leave(section, because: Self.settingReasons)
  }

  private mutating func readCache(_ section: inout ImportSection) {
    let isOn = section.text("cache")
    var parameters = section.section("cache_params")
    guard isOn?.flag == true else { return }
    var members = [WrittenMember("enabled", "true")]
    let mark = isOn?.mark ?? section.mark
    if let ttl = parameters?.text("ttl"), let seconds = ttl.seconds {
      members.append(WrittenMember("ttl", seconds))
      members.append(WrittenMember("longest_ttl", "24h"))
    }
    let type = parameters?.text("type")?.value ?? "local"
    if type == "local" {
      notes.taken("the cache", at: mark)
    } else {
      notes.changed("the cache (\(type)) is kept in memory, of whole requests", at: mark)
    }
    if let parameters { notes.leave(parameters, because: Self.cacheReasons) }
    draft.closing.append(WrittenMember("cache", .members(members)))
  }

  private mutating func readBudget(_ section: inout ImportSection) {
    let amount = section.text("max_budget")
    let duration = section.text("budget_duration")
    guard let amount else { return }
    guard let dollars = Double(amount.value), dollars > 0, dollars < 1e8 else {
      notes.lost("\(section.path).max_budget \"\(amount.value)\"", at: amount.mark)
      return
    }
    let period = ImportPeriod(duration?.value)
    let limit = ImportPrice.dollars(micro: Int((dollars * 1e6).rounded()))
    budget = WrittenMember("budgets", .list([.text("\(limit)/\(period.name)")]))
    notes.changed(
      "\(section.path).max_budget is the budget of each caller, \(limit) dollars a "
        + period.name, at: amount.mark)
    if !period.isExact, let duration {
      notes.changed(
        "\(section.path).budget_duration \(duration.value) becomes \(period.name)",
        at: duration.mark)
    }
  }

  /// Reads `general_settings`.
  mutating func readGeneral(_ section: inout ImportSection) {
    readNetwork(&section)
    if let size = section.text("max_request_size_mb"), let megabytes = Double(size.value),
      megabytes > 0, megabytes < 4096
    {
      let bytes = Int(megabytes * 1_048_576)
      draft.closing.append(
        WrittenMember(
          "limits",
          .members([
            WrittenMember("body_bytes", .number(max(bytes, 1024))),
            WrittenMember("body_budget_bytes", .number(max(bytes * 8, 512 << 20))),
          ])))
      notes.taken("\(section.path).max_request_size_mb", at: size.mark)
    }
    if section.text("background_health_checks")?.flag == true {
      readHealth(section.text("health_check_interval"), at: section.mark)
    }
    notes.leave(section, because: Self.generalReasons)
  }

  private mutating func readHealth(_ interval: ImportText?, at mark: YAMLMark) {
    let every = interval?.seconds ?? "300s"
    let groups = draft.groups
    draft.eachBackend { index, backend in
      let model = groups.lazy.flatMap(\.deployments).first { $0.backend == index }?.model
      guard let model else { return }
      backend.members.append(
        WrittenMember(
          "health", .members([WrittenMember("every", every), WrittenMember("model", model)])))
    }
    notes.changed(
      "background_health_checks ask each backend for one token of its first model",
      at: interval?.mark ?? mark)
  }

  private mutating func readNetwork(_ section: inout ImportSection) {
    var members: [WrittenMember] = []
    let addresses = section.items("allowed_ips").compactMap(\.scalar?.text)
    if !addresses.isEmpty {
      members.append(WrittenMember("allow", .texts(addresses)))
      notes.taken("\(section.path).allowed_ips", at: section.mark)
    }
    if let text = section.text("use_x_forwarded_for"), text.flag == true {
      members.append(WrittenMember("trusted_proxies", .number(1)))
      notes.changed(
        "\(section.path).use_x_forwarded_for believes one proxy", at: text.mark,
        remedy: "name its address: trusted_proxies: [10.0.0.2]")
    }
    if !members.isEmpty { draft.closing.append(WrittenMember("network", .members(members))) }
  }

  /// The master key and what every caller may spend, which is known when all is read.
  mutating func placeKeys(master: ImportText?) {
    let terms = budget.map { [$0] } ?? []
    guard let master else {
      if !terms.isEmpty { draft.closing.append(WrittenMember("open_terms", .members(terms))) }
      return
    }
    let key = [WrittenMember("name", "master"), WrittenMember("secret", master.written)]
    draft.closing.append(WrittenMember("keys", .list([.members(key + terms)])))
    notes.taken(
      "general_settings.master_key as the key \"master\", which opens models only",
      at: master.mark)
    notes.tellSecret(master, path: "general_settings.master_key")
  }

  private static let settingReasons = [
    "set_verbose": "write log: {level: debug}",
    "turn_off_message_logging": "bodies are not logged unless a key says log_bodies",
    "redact_user_api_key_info": "secrets are never logged",
    "ssl_verify": "give the backends ca_file", "telemetry": "nothing is reported to anybody",
    "default_team_settings": "teams are terms and keys: `anyllmctl keys add`",
    "default_internal_user_params": "callers are keys: `anyllmctl keys add`",
    "guardrails": "guardrails come later", "cache_params": "the cache is off there",
    "modify_params": "what a backend cannot take is always left out, and told as a loss",
    "budget_duration": "there is no max_budget with it",
    "prometheus_metrics_config": "metrics come later",
    "default_redis_ttl": "one gateway keeps its counters itself",
  ]

  private static let cacheReasons = [
    "host": "the cache is in memory", "port": "the cache is in memory",
    "password": "the cache is in memory", "url": "the cache is in memory",
    "namespace": "a request says it, or its key",
    "similarity_threshold": "only the same request gets the same reply",
    "mode": "write cache.enabled; a request asks otherwise by itself",
    "supported_call_types": "conversations are cached, nothing else is",
  ]

  private static let generalReasons = [
    "database_url": "keys and the ledger are in a database of ours: state_directory",
    "database_connection_pool_limit": "there is no database server",
    "store_model_in_db": "changes of mappings and routes survive a restart by themselves",
    "alerting": "alerts come later", "alerting_threshold": "alerts come later",
    "alert_types": "alerts come later", "alerting_args": "alerts come later",
    "enable_jwt_auth": "write issuers:", "litellm_jwtauth": "write issuers:",
    "custom_auth": "keys, tokens and addresses decide who may call",
    "max_parallel_requests": "write concurrent_requests with a key",
    "global_max_parallel_requests": "write limits: {exchanges: N}",
    "infer_model_from_keys": "name the models", "ui_access_mode": "there is no web page",
    "disable_spend_logs": "the ledger is always kept",
    "master_key_rotation": "`anyllmctl keys rotate`",
    "health_check_interval": "background_health_checks is off there",
    "pass_through_endpoints": "only languages that are known here have paths",
    "completion_model": "clients name the model",
    "user_header_name": "a caller is its key", "key_management_system": "secrets are variables",
    "key_management_settings": "secrets are variables", "salt_key": "nothing to unseal with it",
    "proxy_batch_write_at": "the ledger is written as it grows",
  ]
}
