/// Reads what a request says in the words of its model, and the form of the output.
enum ConverseFieldReader {
  /// Reads `additionalModelRequestFields`, where a Claude is told what the hub has words for.
  static func read(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let fields = root["additionalModelRequestFields"] else { return }
    guard fields.kind == .object else {
      conversation.extras.append(Extra("additionalModelRequestFields", fields.raw))
      return
    }
    var known: [StaticString] = []
    for name: StaticString in ["thinking", "reasoning_config"] {
      if readThinking(fields, name, into: &conversation) { known.append(name) }
    }
    if let topK = fields["top_k"], topK.kind == .number {
      conversation.sampling.topK = topK.raw
      known.append("top_k")
    }
    if readChoice(fields, into: &conversation) { known.append("tool_choice") }
    if let output = fields["output_config"], output.kind == .object {
      readOutputWords(output, into: &conversation)
      known.append("output_config")
    }
    let rest = RequestMembers.rest(
      fields, named: "additionalModelRequestFields", besides: known)
    if let rest { conversation.extras.append(rest) }
  }

  private static func readThinking(
    _ fields: JSONValue, _ name: StaticString, into conversation: inout Conversation
  ) -> Bool {
    guard conversation.thinking == nil, let thinking = fields[name],
      let type = thinking["type"]?.text
    else { return false }
    if type.equals("enabled"), let budget = thinking["budget_tokens"]?.integer, budget >= 0 {
      conversation.thinking = .budget(budget)
    } else if type.equals("adaptive") {
      conversation.thinking = .adaptive
    } else if type.equals("disabled") {
      conversation.thinking = .disabled
    } else {
      return false
    }
    let rest = RequestMembers.rest(
      thinking, named: "thinking", besides: ["type", "budget_tokens"])
    if let rest { conversation.extras.append(rest) }
    return true
  }

  /// Calls in parallel can be forbidden in Claude's own words only.
  private static func readChoice(
    _ fields: JSONValue, into conversation: inout Conversation
  ) -> Bool {
    guard let choice = fields["tool_choice"], choice["type"]?.text?.equals("auto") == true,
      let forbids = choice["disable_parallel_tool_use"]?.bool,
      conversation.toolChoice == nil || conversation.toolChoice == .automatic
    else { return false }
    conversation.allowsParallelCalls = !forbids
    return true
  }

  private static func readOutputWords(
    _ output: JSONValue, into conversation: inout Conversation
  ) {
    var known: [StaticString] = []
    if let effort = output["effort"]?.text {
      conversation.effort = effort
      known.append("effort")
    }
    if let format = output["format"], format["type"]?.text?.equals("json_schema") == true,
      let schema = format["schema"], schema.kind == .object
    {
      conversation.format = .schema(name: nil, schema.raw, isStrict: nil)
      known.append("format")
    }
    let rest = RequestMembers.rest(output, named: "output_config", besides: known)
    if let rest { conversation.extras.append(rest) }
  }

  /// Reads `outputConfig`, whose schema is JSON inside a string.
  static func readOutput(
    _ root: JSONValue, into conversation: inout Conversation
  ) throws(RequestFault) {
    guard let output = try RequestMembers.optionalObject(root, "outputConfig") else { return }
    var known: [StaticString] = []
    do throws(RequestFault) {
      if let effort = try RequestMembers.optionalText(output, "effort") {
        conversation.effort = effort
        known.append("effort")
      }
      if let format = try RequestMembers.optionalObject(output, "textFormat"),
        let schema = try schema(of: format)
      {
        conversation.format = schema
        known.append("textFormat")
      }
    } catch {
      throw error.under("outputConfig")
    }
    let rest = RequestMembers.rest(output, named: "outputConfig", besides: known)
    if let rest { conversation.extras.append(rest) }
  }

  /// Nil for a format that the hub has no word for.
  private static func schema(of format: JSONValue) throws(RequestFault) -> OutputFormat? {
    guard let own = format["structure"]?["jsonSchema"], let text = own["schema"]?.text,
      own["description"] == nil
    else { return nil }
    let bytes = text.unescaped
    guard (try? JSONDocument(bytes))?.root.kind == .object else {
      throw RequestFault(
        "must be a JSON schema in a string", at: "textFormat.structure.jsonSchema.schema")
    }
    return .schema(name: own["name"]?.text, JSONRaw(bytes[...]), isStrict: nil)
  }
}
