extension Usage {
  /// Reads a `usageMetadata`; nil when it counts nothing.
  ///
  /// What was read from a cache is part of the prompt there and is taken out of it; thoughts are not
  /// part of the candidates and are added to them.
  init?(gemini usage: ChatNode) {
    let prompt = usage["promptTokenCount"]
    let candidates = usage["candidatesTokenCount"]
    guard prompt != nil || candidates != nil || usage["totalTokenCount"] != nil else { return nil }
    let cached = Self.count(usage["cachedContentTokenCount"])
    let thoughts = Self.count(usage["thoughtsTokenCount"])
    let whole = Self.count(prompt) + Self.count(usage["toolUsePromptTokenCount"])
    self.init(
      input: max(0, whole - cached), output: Self.count(candidates) + thoughts, cacheRead: cached,
      reasoning: thoughts)
  }

  /// A count that can be added up, whatever the server wrote.
  private static func count(_ node: ChatNode?) -> Int {
    min(max(0, node?.integer ?? 0), Int(Int32.max))
  }
}

extension JSONWriter {
  /// Writes a `usageMetadata`.
  mutating func gemini(_ usage: Usage) {
    object {
      $0.member("promptTokenCount", usage.wholeInput)
      $0.member("candidatesTokenCount", max(0, usage.output - usage.reasoning))
      $0.member("totalTokenCount", usage.wholeInput + usage.output)
      if usage.cacheRead > 0 { $0.member("cachedContentTokenCount", usage.cacheRead) }
      if usage.reasoning > 0 { $0.member("thoughtsTokenCount", usage.reasoning) }
    }
  }
}
