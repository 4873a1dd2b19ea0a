/// Writes messages, their parts and thoughts, in the form both events and items have.
enum ResponsesItemText {
  static func text(
    _ name: StaticString, _ text: [UInt8], into out: inout [UInt8]
  ) {
    out.append(",\"")
    out.append(name)
    out.append("\":\"")
    out.append(contentsOf: text)
    out.append("\"")
  }

  static func part(
    isRefusal: Bool, text: [UInt8], annotations: [UInt8], into out: inout [UInt8]
  ) {
    if isRefusal {
      out.append("{\"type\":\"refusal\"")
      Self.text("refusal", text, into: &out)
    } else {
      out.append("{\"type\":\"output_text\"")
      Self.text("text", text, into: &out)
      out.append(",\"annotations\":[")
      out.append(contentsOf: annotations)
      out.append("],\"logprobs\":[]")
    }
    out.append("}")
  }

  static func message(
    _ place: ResponsesItemPlace, status: StaticString, parts: [UInt8], into out: inout [UInt8]
  ) {
    out.append("{\"id\":\"")
    out.append(contentsOf: place.id.bytes)
    out.append("\",\"type\":\"message\",\"status\":\"")
    out.append(status)
    out.append("\",\"role\":\"assistant\",\"content\":[")
    out.append(contentsOf: parts)
    out.append("]}")
  }

  static func thought(
    _ place: ResponsesItemPlace, text: [UInt8], token: JSONText?, into out: inout [UInt8]
  ) {
    out.append("{\"id\":\"")
    out.append(contentsOf: place.id.bytes)
    out.append("\",\"type\":\"reasoning\",\"summary\":[")
    if !text.isEmpty {
      out.append("{\"type\":\"summary_text\"")
      Self.text("text", text, into: &out)
      out.append("}")
    }
    out.append("]")
    if let token {
      out.append(",\"encrypted_content\":\"")
      out.append(contentsOf: token.bytes)
      out.append("\"")
    }
    out.append("}")
  }
}
