/// What one delta says about one tool call.
struct ChatCallFragment {
  /// The upstream's index; servers that send whole calls leave it out.
  var key: Int?
  var id: JSONText?
  var name: JSONText?
  var arguments: JSONText?
  var seal: Seal?
  /// The arguments are free text, not JSON.
  var isFreeText = false
}

extension ChatCallFragment {
  /// Reads an element of `tool_calls`, also from servers that put name and arguments beside
  /// `function` or send the arguments as an object.
  init(_ call: ChatNode) {
    key = call["index"]?.integer
    id = call["id"]?.someText
    let function = call["function"] ?? call["custom"] ?? call
    name = (function["name"] ?? call["name"])?.someText
    seal = ChatGoogleSeal.read(call["extra_content"])
    isFreeText = function["arguments"] == nil && call["custom"]?["input"]?.text != nil
    arguments = Self.arguments(
      function["arguments"] ?? call["arguments"] ?? function["input"])
  }

  /// Reads the `function_call` of before there were tools.
  init(legacy call: ChatNode) {
    key = -1
    name = call["name"]?.someText
    arguments = Self.arguments(call["arguments"])
  }

  private static func arguments(_ node: ChatNode?) -> JSONText? {
    guard let node else { return nil }
    return node.text ?? JSONText(escaping: node.raw.bytes)
  }
}
