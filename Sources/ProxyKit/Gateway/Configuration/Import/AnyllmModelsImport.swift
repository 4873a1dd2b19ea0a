/// Reads anyllm-proxy's simple YAML: a list `models` at the root.
struct AnyllmModelsImport {
  var notes: ImportNotes
  private var draft = ImportDraft()

  init(notes: ImportNotes) {
    self.notes = notes
  }

  mutating func read(_ file: ImportSection) -> ImportDraft {
    var file = file
    draft.opening = AnyllmRoot.members(&file, &notes)
    if let strategy = file.text("routing_strategy") {
      if let known = ScalarForm.strategy.parse(strategy.value) {
        draft.strategy = known.rawValue
        notes.taken("routing_strategy as \(known.rawValue)", at: strategy.mark)
      } else {
        notes.lost("routing_strategy \(strategy.value)", at: strategy.mark)
      }
    } else {
      draft.strategy = "round_robin"
    }
    for (index, node) in file.items("models").enumerated() {
      readModel(node, path: "models[\(index)]")
    }
    notes.leave(file, because: AnyllmRoot.reasons)
    return draft
  }

  private mutating func readModel(_ node: YAMLNode, path: String) {
    if let scalar = node.scalar {
      let text = ImportText(value: scalar.text, mark: node.mark)
      var empty = ImportSection(path: path, mark: node.mark)
      return readModel(text, &empty, path: path)
    }
    guard var section = ImportSection(node, path: path), let model = section.text("model") else {
      notes.lost(path, at: node.mark, remedy: "it names no model")
      return
    }
    readModel(model, &section, path: path)
  }

  private mutating func readModel(
    _ model: ImportText, _ section: inout ImportSection, path: String
  ) {
    let named = LiteLLMModel(
      model.value, provider: section.text("provider")?.value,
      hasAddress: section.rest.contains { $0.key == "api_base" })
    if named.isGuessed {
      notes.changed(
        "\(path): \(model.value) names no provider that is known here", at: model.mark,
        remedy: "it is taken for OpenAI's")
    }
    let name = section.text("name")?.value ?? named.model
    var provider = ImportProvider(named.preset)
    readPlace(&section, &provider)
    guard let backend = provider.backend else {
      notes.lost(
        "\(path): \(named.preset.id) has no usual address", at: model.mark,
        remedy: "give it api_base")
      return
    }
    let upstream = named.preset.kind == .azure ? section.text("deployment")?.value : nil
    var deployment = ImportDeployment(
      backend: draft.backend(backend), model: upstream ?? named.model)
    let limits = [("weight", 1...1000), ("rpm", 1...10_000_000), ("tpm", 1...2_000_000_000)]
      .map { key, range in
        section.text(key).flatMap { notes.count($0, in: range, path: "\(path).\(key)") }
      }
    (deployment.weight, deployment.requestsPerMinute) = (limits[0], limits[1])
    deployment.tokensPerMinute = limits[2]
    notes.leave(section)
    guard !(deployment.model ?? "").contains(where: { "*,".contains($0) }) else {
      notes.lost(
        "\(path): \(model.value)", at: model.mark,
        remedy: "no model's name here has a star or a comma")
      return
    }
    draft.deploy(deployment, as: name, at: model.mark)
    notes.taken("model \(name)", at: model.mark)
  }

  private mutating func readPlace(
    _ section: inout ImportSection, _ provider: inout ImportProvider
  ) {
    let path = section.path
    provider.set("base_url", section.text("api_base"))
    provider.setSecret("api_key", section.text("api_key"), path: "\(path).api_key", &notes)
    let region = section.text("region")
    for (theirs, ours, isSecret) in [
      ("project", "project", false), ("aws_region", "region", false),
      ("api_version", "api_version", false), ("aws_access_key_id", "access_key_id", true),
      ("aws_secret_access_key", "secret_access_key", true),
    ] {
      provider.setCloud(
        ours, section.text(theirs), path: "\(path).\(theirs)", isSecret: isSecret, &notes)
    }
    if !provider.has("region") {
      provider.setCloud("region", region, path: "\(path).region", &notes)
    }
  }
}
