internal import Dialects

extension IncomingRequest {
  /// Whether a reply to this may be given again at all: nothing is kept elsewhere for it, and there
  /// is one reply.
  var isRepeatable: Bool {
    let root = document.root
    if isCompletion { return false }
    if let count = root["n"]?.integer, count > 1 { return false }
    if let candidates = config?["candidateCount"]?.integer, candidates > 1 { return false }
    guard dialect == .responses else { return true }
    let isStateful =
      root["previous_response_id"] != nil || root["conversation"] != nil
      || root["background"]?.bool == true
    return root["store"]?.bool == false && !isStateful
  }

  /// Whether the model is told to answer the same each time.
  var isDeterministic: Bool {
    let root = document.root
    let given =
      root["temperature"] ?? config?["temperature"] ?? root["inferenceConfig"]?["temperature"]
    return given?.double == 0
  }

  /// Gemini's settings of a request, in either spelling.
  private var config: JSONValue? {
    document.root["generationConfig"] ?? document.root["generation_config"]
  }
}
