/// Bedrock's question how many tokens a request has, and its answer.
package enum ConverseCount {
  /// The request whose tokens are asked for, in its own language.
  package enum Question: Sendable {
    case converse(JSONDocument)
    /// A Messages body in Bedrock's envelope.
    case invokeModel(JSONDocument)
  }

  /// The members of a Converse request that may be counted.
  private static let counted: [StaticString] = [
    "messages", "system", "toolConfig", "additionalModelRequestFields",
  ]

  package static func read(_ document: JSONDocument) throws(Failure) -> Question {
    guard let input = document.root["input"], input.kind == .object else {
      throw .invalid("input: required, and must be an object", parameter: "input")
    }
    if let converse = input["converse"] {
      guard converse.kind == .object else {
        throw .invalid("input.converse: must be an object", parameter: "input.converse")
      }
      return .converse(try Self.document(converse.raw.bytes, at: "input.converse"))
    }
    guard let text = input["invokeModel"]?["body"]?.text else {
      throw .invalid(
        "input: must have a member `converse`, or `invokeModel` with a body", parameter: "input")
    }
    let name = "input.invokeModel.body"
    guard let bytes = Base64.decode(text.unescaped[...]) else {
      throw .invalid("\(name): must be base64", parameter: name)
    }
    return .invokeModel(try Self.document(bytes[...], at: name))
  }

  private static func document(
    _ bytes: ArraySlice<UInt8>, at name: String
  ) throws(Failure) -> JSONDocument {
    do throws(MalformedJSON) {
      return try JSONDocument(bytes)
    } catch {
      throw .invalid("\(name): must be JSON: \(error.reason)", parameter: name)
    }
  }

  /// The question for a Converse request, without the members that do not count.
  package static func write(converse body: [UInt8]) -> [UInt8] {
    var writer = JSONWriter(reserving: body.count + 32)
    let root = (try? JSONDocument(body))?.root
    writer.object { writer in
      writer.name("input")
      writer.object { writer in
        writer.name("converse")
        writer.object { writer in
          for name in counted {
            if let value = root?[name] { writer.member(name, value.raw) }
          }
        }
      }
    }
    return writer.bytes
  }

  /// The question for a Messages body in Bedrock's envelope.
  package static func write(invokeModel body: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(body.count / 3 * 4 + 48)
    out.append("{\"input\":{\"invokeModel\":{\"body\":\"")
    Base64.append(body[...], to: &out)
    out.append("\"}}}")
    return out
  }

  package static func reply(tokens: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.append("{\"inputTokens\":")
    out.append(decimal: tokens)
    out.append("}")
    return out
  }

  /// The number in an upstream's answer; nil when it has none.
  package static func tokens(in reply: [UInt8]) -> Int? {
    guard let count = (try? JSONDocument(reply))?.root["inputTokens"]?.integer, count >= 0 else {
      return nil
    }
    return count
  }
}
