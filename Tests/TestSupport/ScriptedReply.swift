/// What a scripted model says, before a vendor's language clothes it.
package struct ScriptedReply: Sendable {
  /// One stretch of the reply.
  package enum Part: Sendable {
    case thinking(String)
    case text(String)
    case tool(id: String, name: String, arguments: String)
    /// Calls whose arguments arrive turn by turn.
    case parallelTools([(id: String, name: String, arguments: String)])
  }

  /// Why the model stopped, in words of neither vendor.
  package enum Stop: Sendable {
    case finished, tools, length, filtered
    /// No reason is given and no end is marked.
    case never
  }

  package var parts: [Part]
  package var stop: Stop
  package var inputTokens: Int
  package var cachedTokens: Int
  package var outputTokens: Int
  package var reportsUsage: Bool
  /// Characters in one delta.
  package var pieceSize: Int
  package var model: String
  package var id: String

  package init(
    _ parts: [Part], stop: Stop = .finished, inputTokens: Int = 25, cachedTokens: Int = 0,
    outputTokens: Int = 15, reportsUsage: Bool = true, pieceSize: Int = 8,
    model: String = "scripted-model", id: String = "scripted-1"
  ) {
    self.parts = parts
    self.stop = stop
    self.inputTokens = inputTokens
    self.cachedTokens = cachedTokens
    self.outputTokens = outputTokens
    self.reportsUsage = reportsUsage
    self.pieceSize = pieceSize
    self.model = model
    self.id = id
  }

  /// A short answer of text.
  package static func text(_ text: String) -> ScriptedReply {
    ScriptedReply([.text(text)])
  }

  /// Thinking, text in several alphabets and two calls at once.
  package static let rich = ScriptedReply(
    [
      .thinking("The user wants the weather in two towns."),
      .text("Я посмотрю — 天気を調べます 🌦️👩‍👩‍👧."),
      .parallelTools([
        ("call_a", "get_weather", #"{"town":"Zürich","days":3}"#),
        ("call_b", "get_weather", #"{"town":"京都","note":"a \"quoted\" \\ word\n"}"#),
      ]),
    ], stop: .tools, outputTokens: 64)

  /// One call whose arguments are about `count` bytes of JSON.
  package static func hugeArguments(_ count: Int = 1_000_000) -> ScriptedReply {
    let filling = String(repeating: "0123456789abcdef é\\n", count: count / 20)
    return ScriptedReply(
      [.tool(id: "call_huge", name: "write_file", arguments: #"{"content":"\#(filling)"}"#)],
      stop: .tools, pieceSize: 997)
  }

  /// `text` in pieces of at most `pieceSize` scalars.
  func pieces(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return stride(from: 0, to: scalars.count, by: pieceSize).map { start in
      var piece = String.UnicodeScalarView()
      piece.append(contentsOf: scalars[start..<min(start + pieceSize, scalars.count)])
      return String(piece)
    }
  }
}

/// `text` as a JSON string, quotes included.
package func quotedJSON(_ text: String) -> String {
  var output = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": output += "\\\""
    case "\\": output += "\\\\"
    case "\n": output += "\\n"
    case "\r": output += "\\r"
    case "\t": output += "\\t"
    case _ where scalar.value < 32:
      let digits = String(scalar.value, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output + "\""
}
