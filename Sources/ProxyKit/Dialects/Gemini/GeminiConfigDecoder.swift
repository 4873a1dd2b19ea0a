/// Reads `generationConfig`.
enum GeminiConfigDecoder {
  static func read(_ config: JSONValue, into conversation: inout Conversation) throws(Failure) {
    let path = "generationConfig"
    try GeminiMembers.object(config, path)
    var rest: [Extra] = []
    for (name, value) in config.members where !value.isNull {
      let camel = GeminiMembers.camel(name)
      let path = "\(path).\(camel)"
      if try readSampling(camel, value, path, into: &conversation) { continue }
      switch camel {
      case "candidateCount":
        let count = try GeminiMembers.integer(value, path)
        conversation.candidates = count > 1 ? count : nil
      case "maxOutputTokens": conversation.maximumTokens = try GeminiMembers.integer(value, path)
      case "stopSequences":
        for stop in value.googleList {
          conversation.stopSequences.append(try GeminiMembers.text(stop, path))
        }
      case "responseLogprobs", "logprobs", "responseMimeType", "responseSchema",
        "responseJsonSchema", "_responseJsonSchema":
        break
      case "thinkingConfig":
        if let extra = try readThinking(value, path, into: &conversation) { rest.append(extra) }
      default: rest.append(Extra(JSONText(camel), value.raw))
      }
    }
    try readLogprobs(config, path, into: &conversation)
    try readFormat(config, path, into: &conversation, rest: &rest)
    if !rest.isEmpty {
      conversation.extras.append(Extra("generationConfig", GeminiMembers.object(rest)))
    }
  }

  private static func readSampling(
    _ name: String, _ value: JSONValue, _ path: String, into conversation: inout Conversation
  ) throws(Failure) -> Bool {
    let field: WritableKeyPath<Sampling, JSONRaw?>
    switch name {
    case "temperature": field = \.temperature
    case "topP": field = \.topP
    case "topK": field = \.topK
    case "seed": field = \.seed
    case "presencePenalty": field = \.presencePenalty
    case "frequencyPenalty": field = \.frequencyPenalty
    default: return false
    }
    let isWhole = name == "topK" || name == "seed"
    conversation.sampling[keyPath: field] =
      try isWhole ? GeminiMembers.whole(value, path) : GeminiMembers.number(value, path)
    return true
  }

  private static func readLogprobs(
    _ config: JSONValue, _ path: String, into conversation: inout Conversation
  ) throws(Failure) {
    guard let asked = config.google("responseLogprobs", "response_logprobs"),
      try GeminiMembers.bool(asked, "\(path).responseLogprobs")
    else { return }
    conversation.logprobs =
      try config["logprobs"].map { value throws(Failure) in
        try GeminiMembers.integer(value, "\(path).logprobs")
      } ?? 0
  }

  private static func readFormat(
    _ config: JSONValue, _ path: String, into conversation: inout Conversation,
    rest: inout [Extra]
  ) throws(Failure) {
    let type = config.google("responseMimeType", "response_mime_type")
    let json =
      config.google("responseJsonSchema", "response_json_schema")
      ?? config["_responseJsonSchema"]
    let subset = config.google("responseSchema", "response_schema")
    let name = try type.map { value throws(Failure) in
      try GeminiMembers.text(value, "\(path).responseMimeType").string
    }
    switch name {
    case nil, "text/plain", "": break
    case "application/json":
      if let json {
        conversation.format = .schema(name: nil, json.raw, isStrict: nil)
      } else if let subset {
        conversation.format = .schema(
          name: nil, GeminiSchemaReader.read(subset), isStrict: nil)
      } else {
        conversation.format = .anyObject
      }
    default:
      if let type { rest.append(Extra("responseMimeType", type.raw)) }
      if let subset { rest.append(Extra("responseSchema", subset.raw)) }
      if let json { rest.append(Extra("responseJsonSchema", json.raw)) }
    }
  }

  /// Gives the members that the hub has no word for.
  private static func readThinking(
    _ value: JSONValue, _ path: String, into conversation: inout Conversation
  ) throws(Failure) -> Extra? {
    try GeminiMembers.object(value, path)
    var rest: [Extra] = []
    for (name, member) in value.members where !member.isNull {
      let camel = GeminiMembers.camel(name)
      switch camel {
      case "includeThoughts":
        conversation.showsThinking = try GeminiMembers.bool(member, "\(path).\(camel)")
      case "thinkingBudget":
        let budget = try GeminiMembers.integer(member, "\(path).\(camel)")
        conversation.thinking =
          budget == 0 ? .disabled : budget < 0 ? .adaptive : .budget(budget)
      case "thinkingLevel":
        let level = try GeminiMembers.text(member, "\(path).\(camel)").string.lowercased()
        if level != "thinking_level_unspecified" { conversation.effort = JSONText(level) }
      default: rest.append(Extra(JSONText(camel), member.raw))
      }
    }
    return rest.isEmpty ? nil : Extra("thinkingConfig", GeminiMembers.object(rest))
  }
}
