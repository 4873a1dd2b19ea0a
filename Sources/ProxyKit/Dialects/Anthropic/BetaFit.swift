/// Fits a Messages body and its betas, together, to a platform that does not have them all.
///
/// A beta that the platform refuses stays behind, and with it what in the body cannot be without it:
/// a half of the two is refused whichever it is.
package struct BetaFit {
  package private(set) var betas: [String] = []
  package private(set) var losses = Losses()
  private let platform: BetaPlatform
  private let table: BetaTable
  /// What was asked for and stays behind.
  private var refused: Set<String> = []
  private var edits: BodyEdits
  /// Members of the body that go; they are taken out all at once.
  private var removed: [StaticString] = ["anthropic_beta"]
  private let root: JSONValue

  /// Anthropic's own servers are sent everything; this is for the others.
  package init(
    _ document: JSONDocument, betas asked: [String], for platform: BetaPlatform,
    table: BetaTable = .standard
  ) {
    self.platform = platform
    self.table = table
    root = document.root
    edits = BodyEdits(document)
    sort(asked + Self.names(in: document.root["anthropic_beta"]))
    guard root.kind == .object else { return }
    fitMembers()
    fitOutput()
    fitTools()
    fitMessages()
    if let system = root["system"] { for block in system.elements { fitCacheMark(of: block) } }
    edits.remove(from: root) { [removed] name, _ in removed.contains { name.equals($0) } }
  }

  package var body: [UInt8] { edits.body }

  private mutating func sort(_ asked: [String]) {
    let (sent, kept) = table.sort(header: asked.joined(separator: ","), for: platform)
    betas = sent
    refused = Set(kept.map { $0.lowercased() })
    for beta in kept { losses.record("beta_" + beta) }
  }

  private static func names(in value: JSONValue?) -> [String] {
    value?.string.map { [$0] } ?? value?.elements.compactMap(\.string) ?? []
  }

  private func isUnknown(_ beta: String) -> Bool {
    table.treatment(of: beta, on: platform) == .refuses
  }

  private mutating func fitMembers() {
    for (name, _) in BetaNeeds.members where root.member(name) != nil {
      let betas = BetaNeeds.members.filter { $0.name.description == name.description }.map(\.beta)
      guard betas.contains(where: refused.contains) || betas.allSatisfy(isUnknown) else { continue }
      remove(name)
    }
  }

  private mutating func remove(_ name: StaticString) {
    removed.append(name)
    losses.record(name.description)
  }

  /// Takes out what goes with a refused beta; true when nothing is left of the object.
  @discardableResult
  private mutating func fit(_ object: JSONValue, by needs: [BetaNeeds.Need]) -> Bool {
    guard !refused.isEmpty, object.kind == .object else { return false }
    let orphans = needs.filter { refused.contains($0.beta) && object.member($0.name) != nil }
    guard !orphans.isEmpty else { return false }
    for orphan in orphans { losses.record(orphan.name.description) }
    edits.remove(from: object) { name, _ in orphans.contains { name.equals($0.name) } }
    return !object.members.contains { name, _ in !orphans.contains { name.equals($0.name) } }
  }

  private mutating func fitOutput() {
    guard let output = root["output_config"] else { return }
    if fit(output, by: BetaNeeds.outputParts) { removed.append("output_config") }
  }

  private mutating func fitMessages() {
    guard let messages = root["messages"], !refused.isEmpty else { return }
    for message in messages.elements {
      fit(message, by: BetaNeeds.turnMembers)
      guard let content = message["content"], content.kind == .array else { continue }
      for block in content.elements { fitCacheMark(of: block) }
    }
  }

  private mutating func fitCacheMark(of block: JSONValue) {
    guard let mark = block["cache_control"] else { return }
    fit(mark, by: BetaNeeds.cacheMembers)
  }
}

/// Tools.
extension BetaFit {
  private mutating func fitTools() {
    guard let tools = root["tools"], tools.kind == .array else { return }
    var places: [(range: Range<Int>, isRemoved: Bool)] = []
    var gone: [JSONText] = []
    for tool in tools.elements {
      let isGone = isMissing(tool)
      places.append((tool.range, isGone))
      if isGone {
        losses.record("server_tool_" + (tool["type"]?.string ?? ""))
        if let name = tool["name"]?.text { gone.append(name) }
      } else {
        fit(tool, by: BetaNeeds.toolMembers)
        fitCacheMark(of: tool)
      }
    }
    guard places.contains(where: \.isRemoved) else { return }
    let chosen = root["tool_choice"]?["name"]?.text
    let hasChoice = root.member("tool_choice") != nil
    if places.allSatisfy(\.isRemoved) {
      removed.append("tools")
      if hasChoice { remove("tool_choice") }
    } else {
      edits.cut(places)
      if let chosen, gone.contains(chosen) { remove("tool_choice") }
    }
  }

  /// Whether the platform does not run such a tool.
  private func isMissing(_ tool: JSONValue) -> Bool {
    guard let type = tool["type"]?.string else { return false }
    let need = BetaNeeds.serverTools.first { type.hasPrefix($0.name.description) }
    return need.map { isUnknown($0.beta) } ?? false
  }
}
