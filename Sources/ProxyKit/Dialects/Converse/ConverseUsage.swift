/// Converse's counts of tokens, read and written.
enum ConverseUsage {
  static func read(_ reported: JSONValue) -> Usage {
    func count(_ name: StaticString) -> Int {
      max(0, reported[name]?.integer ?? 0)
    }
    var usage = Usage(
      input: count("inputTokens"), output: count("outputTokens"),
      cacheRead: count("cacheReadInputTokens"))
    // Older models report under the names without `Input`'s plural.
    let written = max(count("cacheWriteInputTokens"), count("cacheWriteInputTokenCount"))
    usage.cacheRead = max(usage.cacheRead, count("cacheReadInputTokenCount"))
    var long = 0
    var short = 0
    if let details = reported["cacheDetails"] {
      for detail in details.elements {
        let tokens = max(0, detail["inputTokens"]?.integer ?? 0)
        if detail["ttl"]?.text?.equals("1h") == true { long += tokens } else { short += tokens }
      }
    }
    // The whole is always told, its parts not by every model: what has no part is the default, 5m.
    usage.cacheWrite1h = written > 0 ? min(long, written) : long
    usage.cacheWrite5m = written > 0 ? written - usage.cacheWrite1h : short
    return usage
  }

  static func write(_ usage: Usage, into out: inout [UInt8]) {
    out.append("{\"inputTokens\":")
    out.append(decimal: usage.input)
    out.append(",\"outputTokens\":")
    out.append(decimal: usage.output)
    out.append(",\"totalTokens\":")
    out.append(decimal: usage.wholeInput + usage.output)
    out.append(",\"cacheReadInputTokens\":")
    out.append(decimal: usage.cacheRead)
    out.append(",\"cacheWriteInputTokens\":")
    out.append(decimal: usage.cacheWrite)
    if usage.cacheWrite > 0 { writeDetails(usage, into: &out) }
    out.append("}")
  }

  /// The longer lived first, as Bedrock has it.
  private static func writeDetails(_ usage: Usage, into out: inout [UInt8]) {
    out.append(",\"cacheDetails\":[")
    if usage.cacheWrite1h > 0 {
      out.append("{\"ttl\":\"1h\",\"inputTokens\":")
      out.append(decimal: usage.cacheWrite1h)
      out.append("}")
    }
    if usage.cacheWrite5m > 0 {
      if usage.cacheWrite1h > 0 { out.append(",") }
      out.append("{\"ttl\":\"5m\",\"inputTokens\":")
      out.append(decimal: usage.cacheWrite5m)
      out.append("}")
    }
    out.append("]")
  }
}
