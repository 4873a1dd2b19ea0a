/// A model as Google's list of models tells it.
package struct GeminiModelEntry: Sendable {
  package var name: String
  package var inputTokenLimit: Int
  package var outputTokenLimit: Int
  package var canThink: Bool

  package init(
    name: String, inputTokenLimit: Int, outputTokenLimit: Int, canThink: Bool = true
  ) {
    self.name = name
    self.inputTokenLimit = inputTokenLimit
    self.outputTokenLimit = outputTokenLimit
    self.canThink = canThink
  }

  /// Writes the entry as one object.
  package func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", "models/\(name)")
      writer.member("baseModelId", name)
      writer.member("version", word: "001")
      writer.member("displayName", name)
      writer.member("inputTokenLimit", inputTokenLimit)
      writer.member("outputTokenLimit", outputTokenLimit)
      writer.name("supportedGenerationMethods")
      writer.array { writer in
        writer.word("generateContent")
        writer.word("streamGenerateContent")
        writer.word("countTokens")
      }
      writer.member("thinking", canThink)
    }
  }

  /// Writes the whole list.
  package static func list(_ entries: [GeminiModelEntry]) -> [UInt8] {
    var writer = JSONWriter(reserving: entries.count * 256 + 16)
    writer.object { writer in
      writer.name("models")
      writer.array { for entry in entries { entry.write(into: &$0) } }
    }
    return writer.bytes
  }
}
