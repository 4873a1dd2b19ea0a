extension LiteLLMImport {
  /// Reads one member of `model_list`.
  mutating func readModel(_ node: YAMLNode, path: String) {
    guard var entry = ImportSection(node, path: path), let name = entry.text("model_name") else {
      notes.lost(path, at: node.mark, remedy: "it has no model_name")
      return
    }
    guard var params = entry.section("litellm_params"), let model = params.text("model") else {
      notes.lost("\(path) (\(name.value))", at: name.mark, remedy: "it has no litellm_params.model")
      return
    }
    if let name = params.text("litellm_credential_name") { merge(name, into: &params) }
    let named = LiteLLMModel(
      model.value, provider: params.text("custom_llm_provider")?.value,
      hasAddress: params.rest.contains { ["api_base", "base_url"].contains($0.key) })
    if named.isGuessed {
      notes.changed(
        "\(params.path).model \(model.value) names no provider that is known here",
        at: model.mark, remedy: "it is taken for an OpenAI-compatible server")
    }
    var provider = ImportProvider(named.preset)
    if let format = named.format { provider.set("format", written: format) }
    if let region = named.region { provider.set("region", written: region) }
    readPlace(&params, &provider)
    readManners(&params, &provider)
    readPrices(&params, model: named.model)
    if var details = entry.section("model_info") { readDetails(&details, model: named.model) }
    guard let backend = provider.backend else {
      notes.lost(
        "\(path) (\(name.value)): \(named.preset.id) has no usual address", at: name.mark,
        remedy: "give it api_base")
      return
    }
    var deployment = ImportDeployment(backend: draft.backend(backend), model: named.model)
    readLimits(&params, &deployment)
    notes.leave(params, because: Self.modelReasons)
    notes.leave(entry, because: ["tpm": "write it in litellm_params"])
    place(deployment, as: name, of: named)
  }

  private mutating func place(
    _ deployment: ImportDeployment, as name: ImportText, of model: LiteLLMModel
  ) {
    var deployment = deployment
    var name = name
    if name.value.contains("*") {
      deployment.model = nil
      guard let pattern = pattern(name, of: model) else { return }
      name.value = pattern
    } else if model.model.contains(where: { "*,".contains($0) }) {
      notes.lost(
        "model \(name.value): \(model.model)", at: name.mark,
        remedy: "no model's name here has a star or a comma")
      return
    }
    let isFirst = draft.group(named: name.value) == nil
    draft.deploy(deployment, as: name.value, at: name.mark)
    notes.taken(
      "model \(name.value)" + (isFirst ? "" : ", one more deployment"), at: name.mark)
  }

  /// A pattern that works on the names as clients write them here.
  private mutating func pattern(_ name: ImportText, of model: LiteLLMModel) -> String? {
    guard let slash = name.value.firstIndex(of: "/"),
      ProviderPreset.named(String(name.value[..<slash])) != nil
    else { return name.value }
    guard let family = model.preset.familyPatterns.first else {
      notes.lost(
        "the pattern \(name.value)", at: name.mark,
        remedy: "name the models one by one; no prefix is taken off a name here")
      return nil
    }
    notes.changed(
      "the pattern \(name.value) becomes \(family)", at: name.mark,
      remedy: "clients write the model's name without the provider before it")
    return family
  }

  private mutating func merge(_ name: ImportText, into params: inout ImportSection) {
    guard let values = credentials[name.value], let section = ImportSection(values, path: "") else {
      notes.lost(
        "the credential \(name.value)", at: name.mark, remedy: "credential_list does not have it")
      return
    }
    params.add(section.rest)
  }

  /// Where the model is and who we are there.
  private mutating func readPlace(
    _ params: inout ImportSection, _ provider: inout ImportProvider
  ) {
    let path = params.path
    provider.set("base_url", params.text("api_base") ?? params.text("base_url"))
    provider.setSecret("api_key", params.text("api_key"), path: "\(path).api_key", &notes)
    for (theirs, ours, isSecret) in Self.cloudMembers {
      provider.setCloud(
        ours, params.text(theirs), path: "\(path).\(theirs)", isSecret: isSecret, &notes)
    }
    let bearings: [(String, Bool, String)] =
      switch provider.preset.kind {
      case .azure: [("base_url", true, "AZURE_API_BASE"), ("api_key", true, "AZURE_API_KEY")]
      case .vertex:
        [
          ("project", !provider.has("base_url"), "VERTEXAI_PROJECT"),
          ("region", !provider.has("base_url"), "VERTEXAI_LOCATION"),
        ]
      case .bedrock: [("region", !provider.has("base_url"), "AWS_REGION_NAME")]
      case .openai, .anthropic, .gemini, .demo: []
      }
    let hasIdentity = provider.has("client_secret") || provider.has("tenant_id")
    for (key, isNeeded, variable) in bearings where isNeeded && !provider.has(key) {
      if key == "api_key", hasIdentity { continue }
      provider.set(key, written: "env:\(variable)")
      notes.changed("\(path) has no \(key): it comes from \(variable)", at: params.mark)
    }
  }

  private mutating func readManners(
    _ params: inout ImportSection, _ provider: inout ImportProvider
  ) {
    let path = params.path
    provider.setTime("total_timeout", params.text("timeout"), path: "\(path).timeout", &notes)
    provider.setTime(
      "first_byte_timeout", params.text("stream_timeout"), path: "\(path).stream_timeout", &notes)
    provider.setCount(
      "retries", params.text("max_retries") ?? params.text("num_retries"), in: 0...10,
      path: "\(path).max_retries", &notes)
    if let organization = params.text("organization") {
      provider.setHeader("OpenAI-Organization", organization.written)
    }
    for key in ["extra_headers", "headers"] {
      guard let headers = params.section(key) else { continue }
      for header in headers.rest {
        guard let scalar = header.value.scalar else { continue }
        let text = ImportText(value: scalar.text, mark: header.keyMark)
        provider.setHeader(header.key, text.written)
      }
    }
  }

  private mutating func readLimits(
    _ params: inout ImportSection, _ deployment: inout ImportDeployment
  ) {
    let path = params.path
    func count(_ key: String, _ range: ClosedRange<Int>) -> Int? {
      params.text(key).flatMap { notes.count($0, in: range, path: "\(path).\(key)") }
    }
    deployment.requestsPerMinute = count("rpm", 1...10_000_000)
    deployment.tokensPerMinute = count("tpm", 1...2_000_000_000)
    deployment.concurrent = count("max_parallel_requests", 1...1_000_000)
    deployment.weight = count("weight", 1...1000)
    for key in ["drop_params", "modify_params", "additional_drop_params"] {
      guard let member = params.take(key) else { continue }
      notes.changed(
        "\(path).\(key)", at: member.keyMark,
        remedy: "what a backend cannot take is always left out, and told as a loss")
    }
  }

  private static let cloudMembers = [
    ("api_version", "api_version", false), ("aws_access_key_id", "access_key_id", true),
    ("aws_secret_access_key", "secret_access_key", true),
    ("aws_session_token", "session_token", true), ("aws_region_name", "region", false),
    ("aws_profile_name", "profile", false), ("vertex_project", "project", false),
    ("vertex_location", "region", false), ("vertex_credentials", "credentials_file", false),
    ("tenant_id", "tenant_id", false), ("client_id", "client_id", false),
    ("client_secret", "client_secret", true),
  ]

  private static let modelReasons = [
    "order": "list the model that comes second among the fallbacks of the first",
    "tags": "routing by tags comes later", "max_budget": "budgets belong to keys here",
    "budget_duration": "budgets belong to keys here",
    "mock_response": "kind: demo answers by itself",
    "ssl_verify": "give the backend ca_file", "cooldown_time": "write circuit.pause",
    "merge_reasoning_content_in_choices": "reasoning goes where the client's language has it",
    "use_in_pass_through": "the same language passes untouched already",
    "temperature": "clients say it", "max_tokens": "clients say it", "top_p": "clients say it",
    "thinking": "clients say it", "reasoning_effort": "clients say it",
    "cache_control_injection_points": "clients set their cache marks",
    "aws_role_name": "assumed roles come by a profile: write profile",
    "aws_session_name": "assumed roles come by a profile: write profile",
    "azure_ad_token": "write auth_token",
  ]
}
