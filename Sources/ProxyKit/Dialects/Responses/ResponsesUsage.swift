extension Usage {
  /// Reads a `usage` object; nil when it counts nothing.
  ///
  /// What was read from or written to a cache is part of `input_tokens` here and is taken out of it.
  init?(responses usage: ChatNode, searches: Int) {
    guard usage["input_tokens"]?.integer != nil || usage["output_tokens"]?.integer != nil else {
      return nil
    }
    let inputDetails = usage["input_tokens_details"]
    let read = Self.count(inputDetails?["cached_tokens"])
    let written = Self.count(inputDetails?["cache_write_tokens"])
    let reasoning = Self.count(usage["output_tokens_details"]?["reasoning_tokens"])
    let whole = Self.count(usage["input_tokens"])
    var output = Self.count(usage["output_tokens"])
    // Some servers leave the reasoning out of the output; the total shows it.
    if reasoning > 0, usage["total_tokens"]?.integer == whole + output + reasoning {
      output += reasoning
    }
    // More in the cache than in the whole: the server counts the two apart.
    let cached = read + written
    self.init(
      input: cached <= whole ? whole - cached : whole, output: output, cacheRead: read,
      cacheWrite5m: written, reasoning: reasoning, webSearches: searches)
  }

  /// A count that can be added up, whatever the server wrote.
  private static func count(_ node: ChatNode?) -> Int {
    min(max(0, node?.integer ?? 0), Int(Int32.max))
  }
}

extension JSONWriter {
  /// Writes a `usage` object.
  mutating func responses(_ usage: Usage) {
    object {
      $0.member("input_tokens", usage.wholeInput)
      $0.name("input_tokens_details")
      $0.object {
        $0.member("cached_tokens", usage.cacheRead)
        $0.member("cache_write_tokens", usage.cacheWrite)
      }
      $0.member("output_tokens", usage.output)
      $0.name("output_tokens_details")
      $0.object { $0.member("reasoning_tokens", usage.reasoning) }
      $0.member("total_tokens", usage.wholeInput + usage.output)
    }
  }
}
