internal import Dialects

extension RouteQuestion {
  /// The rule of the request's class; of several classes the first in their order counts.
  func classRule(among rules: [Settings.ClassRule]) -> Settings.ClassRule? {
    for requestClass in RequestClass.allCases {
      guard let rule = rules.first(where: { $0.requestClass == requestClass }) else { continue }
      if let request {
        if request.belongs(to: requestClass, threshold: rule.threshold) { return rule }
      } else if assumedClass == requestClass {
        return rule
      }
    }
    return nil
  }
}

extension IncomingRequest {
  /// Whether the request is of that class, by signs that cost little to see.
  func belongs(to requestClass: RequestClass, threshold: Int) -> Bool {
    let root = document.root
    switch requestClass {
    case .image: return turns.map { Self.hasImage($0, depth: 0) } ?? false
    case .webSearch: return Self.searchesWeb(root)
    case .think: return thinks(root)
    // Four bytes a token: a rough measure that costs nothing.
    case .longContext: return document.bytes.count / 4 > threshold
    case .background: return isBackground(root)
    }
  }

  private var turns: JSONValue? {
    let root = document.root
    return root["messages"] ?? root["input"] ?? root["contents"]
  }

  /// Looks only where parts of a message can be, never into what a tool was given.
  private static func hasImage(_ value: JSONValue, depth: Int) -> Bool {
    guard depth < 8 else { return false }
    if value.kind == .array {
      var elements = value.elements
      while let element = elements.next() {
        if hasImage(element, depth: depth + 1) { return true }
      }
      return false
    }
    guard value.kind == .object else { return false }
    switch value["type"]?.string {
    case "image", "image_url", "input_image": return true
    case nil:
      let data = value["inlineData"] ?? value["inline_data"] ?? value["fileData"]
      let type = data?["mimeType"] ?? data?["mime_type"]
      if type?.string?.hasPrefix("image/") == true || value["image"]?.kind == .object {
        return true
      }
    default: break
    }
    for inner in [value["content"], value["parts"], value["toolResult"], value["output"]] {
      if let inner, hasImage(inner, depth: depth + 1) { return true }
    }
    return false
  }

  private static func searchesWeb(_ root: JSONValue) -> Bool {
    if root["web_search_options"] != nil { return true }
    guard let tools = root["tools"], tools.kind == .array else { return false }
    var elements = tools.elements
    while let tool = elements.next() {
      if tool["googleSearch"] != nil || tool["google_search"] != nil { return true }
      let name = tool["type"]?.string ?? ""
      if name.hasPrefix("web_search") || tool["name"]?.string == "web_search" { return true }
    }
    return false
  }

  private func thinks(_ root: JSONValue) -> Bool {
    switch dialect {
    case .anthropic: return ["enabled", "adaptive"].contains(root["thinking"]?["type"]?.string)
    case .chat: return Self.isEffort(root["reasoning_effort"])
    case .responses: return Self.isEffort(root["reasoning"]?["effort"])
    case .gemini:
      let thinking = root["generationConfig"]?["thinkingConfig"]
      if thinking?["thinkingLevel"] != nil { return true }
      return thinking?["thinkingBudget"]?.integer.map { $0 != 0 } ?? false
    case .converse:
      let type = root["additionalModelRequestFields"]?["thinking"]?["type"]?.string
      return ["enabled", "adaptive"].contains(type)
    }
  }

  private static func isEffort(_ value: JSONValue?) -> Bool {
    value?.string.map { $0 != "none" } ?? false
  }

  /// Small models by their name, and what Claude Code asks beside the conversation: whether a
  /// topic is new, a title, a warm-up.
  private func isBackground(_ root: JSONValue) -> Bool {
    if ModelFamily.small.contains(where: { $0.matches(model) }) { return true }
    guard dialect == .anthropic, Self.isEmpty(root["tools"]) else { return false }
    if root["max_tokens"]?.integer == 1 { return true }
    let properties = root["output_config"]?["format"]?["schema"]?["properties"]
    if properties?["title"] != nil || properties?["isNewTopic"] != nil { return true }
    if Self.text(of: root["system"])?.contains("isNewTopic") == true { return true }
    guard let only = Self.only(root["messages"]) else { return false }
    return Self.text(of: only["content"]) == "Warmup"
  }

  static func isEmpty(_ list: JSONValue?) -> Bool {
    guard let list, list.kind == .array else { return true }
    var elements = list.elements
    return elements.next() == nil
  }

  /// The one element of a list that has no other.
  static func only(_ list: JSONValue?) -> JSONValue? {
    guard let list, list.kind == .array else { return nil }
    var elements = list.elements
    guard let first = elements.next(), elements.next() == nil else { return nil }
    return first
  }

  /// A content that is a text, or the last text of its blocks.
  static func text(of content: JSONValue?) -> String? {
    guard let content else { return nil }
    if content.kind == .string { return content.string }
    guard content.kind == .array else { return nil }
    var elements = content.elements
    var last: String?
    while let block = elements.next() {
      if let text = block["text"]?.string { last = text }
    }
    return last
  }
}
