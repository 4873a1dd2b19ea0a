/// Passes a client's own bytes on to an upstream of the same language.
enum AnthropicPassage {
  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    let root = document.root
    guard root.kind == .object else {
      throw .invalid("the body must be a JSON object, not \(root.kind.noun)")
    }
    var model: JSONValue?
    for (name, value) in root.members where name.equals("model") {
      guard model == nil else {
        throw .invalid("model: given twice; send it once", parameter: "model")
      }
      model = value
    }
    guard let model, let name = model.text else {
      throw .invalid("model: required, and must be a string", parameter: "model")
    }
    guard name.string != target.model else {
      return PassedRequest(body: Array(document.bytes), hidesUsage: false)
    }
    var body: [UInt8] = []
    body.reserveCapacity(document.bytes.count + target.model.utf8.count)
    body.append(contentsOf: document.bytes[..<model.range.lowerBound])
    body.append("\"")
    JSONEscape.append(target.model.utf8, to: &body)
    body.append("\"")
    body.append(contentsOf: document.bytes[model.range.upperBound...])
    return PassedRequest(body: body, hidesUsage: false)
  }
}
