extension ControlRoutes {
  /// The longest time that a rotated secret goes on working, in milliseconds: a year.
  package static let longestGraceMs: Int64 = 31_622_400_000

  /// How a command about keys looks as HTTP.
  static func keyMessage(for command: ControlCommand) -> ControlMessage {
    switch command {
    case .listKeysOf(let state): return get("keys", query: [("state", state.rawValue)])
    case .showKey(let id): return get(path(id))
    case .addKey(let key): return send("POST", "keys", body: WireJSON.encode(key))
    case .changeKey(let id, let change): return message(for: change, of: id)
    case .undoKey: return send("POST", "keys/undo")
    case .exportKeys: return get("keys/export")
    case .importKeys(let export):
      return send("POST", "keys/import", body: WireJSON.encode(export))
    case .usage(let question):
      return get(
        "usage",
        query: [
          ("key", question.key.map(PercentEncoding.encode)),
          ("since", question.sinceMs.map { "\($0)" }),
          ("until", question.untilMs.map { "\($0)" }), ("by", question.by.rawValue),
        ])
    default: return get("keys")
    }
  }

  private static func message(for change: KeyChange, of id: String) -> ControlMessage {
    switch change {
    case .edit(let patch): return send("PATCH", path(id), body: WireJSON.encode(patch))
    case .rotate(let graceMs, let secret):
      var members: [String: BodyValue] = ["grace_ms": .wholeNumber(graceMs)]
      if let secret { members["secret"] = .text(secret) }
      return send("POST", path(id) + "/rotate", body: WireJSON.encode(BodyValue.object(members)))
    case .pause: return send("POST", path(id) + "/pause")
    case .resume: return send("POST", path(id) + "/resume")
    case .revoke(let kills): return send("DELETE", path(id), query: kills ? "kill=1" : nil)
    }
  }

  private static func path(_ id: String) -> String { "keys/\(PercentEncoding.encode(id))" }

  /// The command about keys that a request means; nil when it is about something else.
  static func keyCommand(
    _ endpoint: ControlEndpoint, _ method: String, _ parameters: QueryParameters, _ body: [UInt8]
  ) throws(ControlFailure) -> ControlCommand? {
    switch (endpoint, method) {
    case (.keys, "POST"): return .addKey(try newKey(body))
    case (.keyImport, _): return .importKeys(try KeyExport(json: body))
    case (.key(let id), "PATCH"): return .changeKey(id, .edit(try patch(body)))
    case (.keyVerb(let id, .rotate), _): return .changeKey(id, try rotation(body))
    case (.keys, _), (.key, _), (.keyVerb, _), (.keyExport, _), (.keyUndo, _), (.usage, _):
      _ = try BodyFields(body, known: [])
      return try bodilessKeyCommand(endpoint, method, parameters)
    default: return nil
    }
  }

  private static func bodilessKeyCommand(
    _ endpoint: ControlEndpoint, _ method: String, _ parameters: QueryParameters
  ) throws(ControlFailure) -> ControlCommand? {
    switch endpoint {
    case .keys:
      let state: KeyState? = try parameters.choice("state")
      return state.map { .listKeysOf($0) } ?? .listKeys
    case .key(let id):
      guard method == "DELETE" else { return .showKey(id) }
      return .changeKey(id, .revoke(kills: try parameters.flag("kill")))
    case .keyVerb(let id, let verb): return .changeKey(id, verb == .pause ? .pause : .resume)
    case .keyExport: return .exportKeys
    case .keyUndo: return .undoKey
    case .usage:
      return .usage(
        UsageQuestion(
          key: try parameters.text("key"), sinceMs: try parameters["since"],
          untilMs: try parameters["until"], by: try parameters.choice("by") ?? .day))
    default: return nil
    }
  }

  private static func newKey(_ body: [UInt8]) throws(ControlFailure) -> NewKey {
    let fields = try BodyFields(body, known: ["name", "expires_at_ms", "note", "secret", "terms"])
    return NewKey(
      name: try fields.requiredText("name"), expiresAtMs: try fields.wholeNumber("expires_at_ms"),
      note: try fields.text("note"), secret: try secret(fields),
      terms: try fields["terms"].map { value throws(ControlFailure) in
        try KeyTerms(value, at: "terms")
      } ?? KeyTerms())
  }

  private static func rotation(_ body: [UInt8]) throws(ControlFailure) -> KeyChange {
    let fields = try BodyFields(body, known: ["grace_ms", "secret"])
    return .rotate(
      graceMs: try fields.wholeNumber("grace_ms", in: 0...longestGraceMs) ?? 0,
      secret: try secret(fields))
  }

  private static func secret(_ fields: BodyFields) throws(ControlFailure) -> String? {
    let secret = try fields.text("secret")
    if let secret, secret.isEmpty {
      throw ControlFailure(
        .invalid, "`secret` is empty", hint: "Leave `secret` out to have one generated.")
    }
    return secret
  }

  /// A patch that is well formed by itself; whether it fits is known with the key it is for.
  private static func patch(_ body: [UInt8]) throws(ControlFailure) -> BodyValue {
    let blank = KeyCard(name: "x")
    let patch = try BodyFields.value(body, known: KeyCard.members)
    _ = try blank.edited(by: patch)
    return patch
  }
}
