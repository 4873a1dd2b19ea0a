/// Reads crabllm's TOML.
struct CrabllmImport {
  var notes: ImportNotes
  private var draft = ImportDraft()
  private var prices: [WrittenMember] = []
  /// Deployments of weight 0, which are asked when the others have failed.
  private var reserves: [(name: String, deployment: ImportDeployment)] = []
  /// What every key may do, from the extensions.
  private var terms: [WrittenMember] = []
  private var budgets: [String: String] = [:]

  init(notes: ImportNotes) {
    self.notes = notes
  }

  mutating func read(_ file: ImportSection) -> ImportDraft {
    var file = file
    draft.strategy = "shuffle"
    draft.everythingElse = .refused
    if let listen = file.text("listen") {
      draft.opening.append(WrittenMember("listen", listen.written))
      notes.taken("listen", at: listen.mark)
    }
    if let deadline = file.text("shutdown_timeout"), let seconds = deadline.seconds {
      draft.opening.append(WrittenMember("drain_deadline", seconds))
      notes.taken("shutdown_timeout as drain_deadline", at: deadline.mark)
    }
    for member in file.section("providers")?.rest ?? [] { readProvider(member) }
    placeReserves()
    for member in file.section("aliases")?.rest ?? [] {
      guard let model = member.value.scalar?.text else { continue }
      draft.aliases.append(ImportAlias(name: member.key, of: model, mark: member.keyMark))
      notes.taken("the alias \(member.key)", at: member.keyMark)
    }
    for member in file.section("models")?.rest ?? [] { readPrices(member) }
    if let section = file.section("extensions") { readExtensions(section) }
    readKeys(file.items("keys"))
    if !prices.isEmpty { draft.closing.append(WrittenMember("prices", .members(prices))) }
    notes.leave(file, because: Self.reasons)
    return draft
  }

  private mutating func readProvider(_ member: YAMLMember) {
    let path = "providers.\(member.key)"
    guard var section = ImportSection(member.value, path: path) else {
      notes.lost(path, at: member.keyMark, remedy: "it is no table")
      return
    }
    let kind = section.text("kind") ?? section.text("standard")
    let known = ProviderPreset.named(Self.kinds[kind?.value ?? ""] ?? kind?.value ?? "openai")
    guard let preset = known ?? ProviderPreset.named("openai") else { return }
    var provider = ImportProvider(preset)
    let address = section.text("base_url").map(Self.trimmed)
    provider.set("base_url", address)
    provider.setSecret("api_key", section.text("api_key"), path: "\(path).api_key", &notes)
    for (theirs, ours, isSecret) in [
      ("region", "region", false), ("access_key", "access_key_id", true),
      ("secret_key", "secret_access_key", true), ("api_version", "api_version", false),
    ] {
      provider.setCloud(
        ours, section.text(theirs), path: "\(path).\(theirs)", isSecret: isSecret, &notes)
    }
    provider.setCount(
      "retries", section.text("max_retries"), in: 0...10, path: "\(path).max_retries", &notes)
    if let timeout = section.text("timeout"), timeout.value != "0" {
      provider.setTime("first_byte_timeout", timeout, path: "\(path).timeout", &notes)
    }
    guard var backend = provider.backend, known != nil || address != nil else {
      notes.lost("\(path): nothing says where it is", at: member.keyMark, remedy: "add base_url")
      return
    }
    backend.wish = member.key
    let weight = section.text("weight").flatMap {
      notes.count($0, in: 0...1000, path: "\(path).weight")
    }
    let number = draft.backend(backend)
    for node in section.items("models") {
      guard let model = node.scalar?.text else { continue }
      let deployment = ImportDeployment(backend: number, model: model, weight: weight)
      if weight == 0 {
        reserves.append((model, deployment))
      } else {
        draft.deploy(deployment, as: model, at: node.mark)
      }
    }
    notes.leave(section)
    notes.taken("provider \(member.key)", at: member.keyMark)
  }

  /// A provider of weight 0 alone serves; beside others it stands at the end.
  private mutating func placeReserves() {
    let mark = YAMLMark(line: 1, column: 1)
    for (name, deployment) in reserves {
      var deployment = deployment
      deployment.weight = nil
      guard draft.group(named: name) != nil else {
        draft.deploy(deployment, as: name, at: mark)
        continue
      }
      draft.reserve(deployment, of: name)
    }
  }

  private mutating func readPrices(_ member: YAMLMember) {
    guard var section = ImportSection(member.value, path: "models.\(member.key)") else { return }
    if var pricing = section.section("pricing") {
      var price = ImportPrice()
      for (theirs, ours) in [
        ("prompt_cost_per_million", "input"), ("completion_cost_per_million", "output"),
        ("cache_read_cost_per_million", "cache_read"),
        ("cache_write_cost_per_million", "cache_write"),
        ("reasoning_cost_per_million", "reasoning"),
      ] {
        price.set(
          ours, pricing.text(theirs), tokens: 1_000_000, path: pricing.path(of: theirs), &notes)
      }
      // A model may stand there with its provider before it.
      let name = member.key.split(separator: "/").last.map(String.init) ?? member.key
      if !price.isEmpty, !prices.contains(where: { $0.key.lowercased() == name.lowercased() }) {
        prices.append(WrittenMember(name, price.written))
        notes.taken("the prices of \(member.key)", at: member.keyMark)
      }
      notes.leave(pricing)
    }
    for member in section.rest {
      notes.lost(
        section.path(of: member.key), at: member.keyMark,
        remedy: "the catalogue inside knows models by their names")
    }
  }

  private mutating func readExtensions(_ section: ImportSection) {
    for member in section.rest {
      let path = section.path(of: member.key)
      var inner =
        ImportSection(member.value, path: path) ?? ImportSection(path: path, mark: member.keyMark)
      switch member.key {
      case "rate_limit": terms += limits(&inner)
      case "budget": readBudget(&inner)
      case "cache":
        let ttl = inner.text("ttl_seconds")?.seconds ?? "300s"
        draft.closing.append(
          WrittenMember(
            "cache", .members([WrittenMember("ttl", ttl), WrittenMember("longest_ttl", "24h")])))
        notes.changed(
          "\(path): each caller has its own cached replies here", at: member.keyMark,
          remedy: "scope: everyone shares them")
      case "usage", "audit", "logging":
        notes.taken("\(path), which is always there", at: member.keyMark)
      default: notes.lost(path, at: member.keyMark, remedy: "nothing here is like it")
      }
      notes.leave(inner)
    }
  }

  private mutating func limits(_ section: inout ImportSection) -> [WrittenMember] {
    ["requests_per_minute", "tokens_per_minute"].compactMap { key in
      guard let text = section.text(key),
        let number = notes.count(text, in: 1...1_000_000_000, path: section.path(of: key))
      else { return nil }
      notes.taken(section.path(of: key), at: text.mark)
      return WrittenMember(key, .number(number))
    }
  }

  private mutating func readBudget(_ section: inout ImportSection) {
    if let amount = section.text("default_budget"), let dollars = Self.dollars(amount) {
      budgets[""] = "\(dollars)/lifetime"
      notes.taken("\(section.path).default_budget, for ever", at: amount.mark)
    }
    for member in section.section("keys")?.rest ?? [] {
      guard let scalar = (member.value["budget"] ?? member.value).scalar,
        let dollars = Self.dollars(ImportText(value: scalar.text, mark: member.keyMark))
      else { continue }
      budgets[member.key] = "\(dollars)/lifetime"
      notes.taken("the budget of \(member.key)", at: member.keyMark)
    }
  }

  private mutating func readKeys(_ items: [YAMLNode]) {
    var keys: [WrittenValue] = []
    for (index, node) in items.enumerated() {
      let path = "keys[\(index)]"
      guard var section = ImportSection(node, path: path), let secret = section.text("key") else {
        notes.lost(path, at: node.mark, remedy: "it has no key")
        continue
      }
      let name = section.text("name")?.value ?? "key-\(index + 1)"
      var members = [WrittenMember("name", name), WrittenMember("secret", secret.written)]
      let models = section.items("models").compactMap(\.scalar?.text)
      if !models.isEmpty, models != ["*"] {
        members.append(WrittenMember("models", .texts(models)))
        notes.changed(
          "\(path).models is enforced here, which it was not there", at: section.mark)
      }
      var own: [WrittenMember] = []
      if var limit = section.section("rate_limit") {
        own = limits(&limit)
        notes.leave(limit)
      }
      members += own + terms.filter { term in !own.contains { $0.key == term.key } }
      if let budget = budgets[name] ?? budgets[""] {
        members.append(WrittenMember("budgets", .texts([budget])))
      }
      notes.leave(section)
      notes.taken("key \(name)", at: section.mark)
      notes.tellSecret(secret, path: "\(path).key")
      keys.append(.members(members))
    }
    if !keys.isEmpty {
      draft.closing.append(WrittenMember("keys", .list(keys)))
      return
    }
    let open = terms + (budgets[""].map { [WrittenMember("budgets", .texts([$0]))] } ?? [])
    if !open.isEmpty { draft.closing.append(WrittenMember("open_terms", .members(open))) }
  }

  private static func dollars(_ text: ImportText) -> String? {
    guard let number = Double(text.value), number > 0, number < 1e8 else { return nil }
    return ImportPrice.dollars(micro: Int((number * 1e6).rounded()))
  }

  /// Without the endpoint that may have been pasted with the address.
  private static func trimmed(_ text: ImportText) -> ImportText {
    var text = text
    for suffix in [
      "/", "/chat/completions", "/embeddings", "/images/generations", "/audio/speech",
      "/audio/transcriptions",
    ] where text.value.hasSuffix(suffix) {
      text.value.removeLast(suffix.count)
    }
    return text
  }

  private static let kinds = ["google": "gemini", "custom": "openai"]

  private static let reasons = [
    "admin_token": "the control socket needs none: `anyllmctl`",
    "openapi": "docs/openapi.json describes the control API",
    "cloud_models": "the catalogue inside knows models by their names",
    "storage": "keys and the ledger are in a database of ours: state_directory",
  ]
}
