/// Anthropic's counts of tokens, read and written.
enum AnthropicUsage {
  /// Takes what is reported; what is not reported stays, so that the last word wins.
  static func merge(_ reported: JSONValue, into usage: inout Usage) {
    func take(_ name: StaticString, _ field: WritableKeyPath<Usage, Int>, of value: JSONValue) {
      guard let count = value[name]?.integer, count >= 0 else { return }
      usage[keyPath: field] = count
    }
    take("input_tokens", \.input, of: reported)
    take("output_tokens", \.output, of: reported)
    take("cache_read_input_tokens", \.cacheRead, of: reported)
    if let details = reported["output_tokens_details"] {
      take("thinking_tokens", \.reasoning, of: details)
    }
    if let details = reported["server_tool_use"] {
      take("web_search_requests", \.webSearches, of: details)
    }
    if let parts = reported["cache_creation"] {
      take("ephemeral_5m_input_tokens", \.cacheWrite5m, of: parts)
      take("ephemeral_1h_input_tokens", \.cacheWrite1h, of: parts)
    }
    // The whole is always told, its parts not by every server: what has no part is the default, 5m.
    if let whole = reported["cache_creation_input_tokens"]?.integer, whole >= 0,
      whole != usage.cacheWrite
    {
      usage.cacheWrite1h = min(usage.cacheWrite1h, whole)
      usage.cacheWrite5m = whole - usage.cacheWrite1h
    }
  }

  /// Writes the whole shape; clients stop reading at a member that is missing.
  static func write(_ usage: Usage, into out: inout [UInt8]) {
    out.append("{\"input_tokens\":")
    out.append(decimal: usage.input)
    out.append(",\"cache_creation_input_tokens\":")
    out.append(decimal: usage.cacheWrite)
    out.append(",\"cache_read_input_tokens\":")
    out.append(decimal: usage.cacheRead)
    out.append(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":")
    out.append(decimal: usage.cacheWrite5m)
    out.append(",\"ephemeral_1h_input_tokens\":")
    out.append(decimal: usage.cacheWrite1h)
    out.append("},\"output_tokens\":")
    out.append(decimal: usage.output)
    if usage.webSearches > 0 {
      out.append(",\"server_tool_use\":{\"web_search_requests\":")
      out.append(decimal: usage.webSearches)
      out.append(",\"web_fetch_requests\":0}")
    }
    if usage.reasoning > 0 {
      out.append(",\"output_tokens_details\":{\"thinking_tokens\":")
      out.append(decimal: usage.reasoning)
      out.append("}")
    }
    out.append("}")
  }
}
