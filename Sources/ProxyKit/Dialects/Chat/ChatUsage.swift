extension Usage {
  /// Reads a `usage` object; nil when it counts nothing.
  ///
  /// What was read from or written to a cache is part of `prompt_tokens` here and is taken out of
  /// it. Servers name the two in different places.
  init?(chat usage: ChatNode) {
    let prompt = usage["prompt_tokens"]
    let completion = usage["completion_tokens"]
    guard prompt?.integer != nil || completion?.integer != nil else { return nil }
    let promptDetails = usage["prompt_tokens_details"]
    let details = usage["completion_tokens_details"]
    let read = Self.count(
      promptDetails?["cached_tokens"] ?? usage["prompt_cache_hit_tokens"]
        ?? usage["cached_tokens"] ?? usage["cache_read_input_tokens"])
    let written = Self.count(
      promptDetails?["cache_write_tokens"] ?? promptDetails?["cache_creation_tokens"]
        ?? usage["cache_creation_input_tokens"])
    let reasoning = Self.count(details?["reasoning_tokens"] ?? usage["reasoning_tokens"])
    let whole = Self.count(prompt)
    var output = Self.count(completion)
    // Some servers (xAI) leave the reasoning out of the completion; the total shows it.
    if reasoning > 0, usage["total_tokens"]?.integer == whole + output + reasoning {
      output += reasoning
    }
    // More in the cache than in the whole: the server counts the two apart.
    let cached = read + written
    self.init(
      input: cached <= whole ? whole - cached : whole, output: output, cacheRead: read,
      cacheWrite5m: written, reasoning: reasoning,
      webSearches: Self.count(usage["server_tool_use"]?["web_search_requests"]))
  }

  /// A count that can be added up, whatever the server wrote.
  private static func count(_ node: ChatNode?) -> Int {
    min(max(0, node?.integer ?? 0), Int(Int32.max))
  }
}

extension JSONWriter {
  /// Writes a `usage` object.
  mutating func chat(_ usage: Usage) {
    object {
      $0.member("prompt_tokens", usage.wholeInput)
      $0.member("completion_tokens", usage.output)
      $0.member("total_tokens", usage.wholeInput + usage.output)
      $0.name("prompt_tokens_details")
      $0.object {
        $0.member("cached_tokens", usage.cacheRead)
        if usage.cacheWrite > 0 { $0.member("cache_write_tokens", usage.cacheWrite) }
      }
      $0.name("completion_tokens_details")
      $0.object { $0.member("reasoning_tokens", usage.reasoning) }
    }
  }
}
