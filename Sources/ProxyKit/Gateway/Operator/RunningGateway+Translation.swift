internal import ControlPlane
internal import Dialects
internal import Transport

extension RunningGateway {
  /// Says a request in the words of a language or a backend; nothing is sent.
  func translate(_ question: TranslationQuestion) throws(ControlFailure) -> Translation {
    let translator = Translator(settings: house.snapshots.value.settings)
    do throws(Failure) {
      return try translator.translate(question)
    } catch {
      throw ControlFailure(
        error.kind == .notFound ? .notFound : .invalid, error.message,
        hint: "A client would be answered \(error.status) with this sentence.")
    }
  }
}

/// Does what an attempt does with a request before it sends it.
struct Translator {
  let settings: Settings

  /// Where a request goes: a deployment, or the vendor of a language.
  private enum Goal {
    case deployment(Deployment)
    case vendor(Dialect, Target)
  }

  func translate(_ question: TranslationQuestion) throws(Failure) -> Translation {
    guard let dialect = Self.dialect(question.from) else {
      throw Failure.invalid("from: `\(question.from.prefix(80))` is no language; \(Self.words)")
    }
    let document = try IncomingRequest.object(in: Array(question.body.utf8))
    guard let model = question.model ?? document.root["model"]?.string, !model.isEmpty else {
      throw Failure.invalid("the body names no model, as its language has it in the path: say it")
    }
    switch try goal(question.to, model) {
    case .deployment(let deployment):
      var written = try write(document, dialect, model, deployment.dialect, deployment.target)
      let letter = try deployment.letter(
        written.bytes, betas: written.betas, from: HTTPFields(), in: dialect)
      written.losses.record(contentsOf: letter.losses)
      return Translation(
        from: dialect.rawValue, to: deployment.dialect.rawValue,
        backend: deployment.backend.name, model: deployment.model, passes: written.passes,
        body: String(decoding: letter.body, as: UTF8.self), losses: written.losses.tags,
        betas: letter.betas)
    case .vendor(let goal, let target):
      let written = try write(document, dialect, model, goal, target)
      return Translation(
        from: dialect.rawValue, to: goal.rawValue, model: target.model, passes: written.passes,
        body: String(decoding: written.bytes, as: UTF8.self), losses: written.losses.tags,
        betas: written.betas)
    }
  }

  /// What is written for a server, before its envelope.
  private struct Written {
    var bytes: [UInt8]
    var losses: Losses
    var betas: [String] = []
    var passes = false
  }

  private func write(
    _ document: JSONDocument, _ from: Dialect, _ model: String, _ to: Dialect, _ target: Target
  ) throws(Failure) -> Written {
    if from == to {
      let passed = try to.codec.passRequest(document, for: target)
      return Written(bytes: passed.body, losses: passed.losses, passes: true)
    }
    var conversation = try from.codec.decodeRequest(document)
    conversation.model = model
    conversation.wantsStream = document.root["stream"]?.bool ?? false
    let encoded = try to.codec.encodeRequest(conversation, for: target)
    return Written(bytes: encoded.body, losses: encoded.losses, betas: encoded.betas)
  }

  private func goal(_ name: String?, _ model: String) throws(Failure) -> Goal {
    guard let name else {
      guard let route = settings.route(model: model) else {
        throw Failure(.notFound, origin: .client, status: 404, "no backend serves `\(model)`")
      }
      return .deployment(Deployment(backend: route.backend, model: route.model))
    }
    let halves = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if let backend = settings.backend(named: String(halves[0])) {
      let named = halves.count == 2 ? String(halves[1]) : backend.model(for: model)
      return .deployment(Deployment(backend: backend, model: named))
    }
    guard let dialect = Self.dialect(name) else {
      throw Failure(
        .notFound, origin: .client, status: 404,
        "to: `\(name.prefix(80))` is neither a backend nor a language; \(Self.words)")
    }
    return .vendor(
      dialect, Target(model: model, platform: .vendor, acceptsReasoningContent: false))
  }

  private static func dialect(_ name: String) -> Dialect? {
    Dialect(rawValue: aliases[name.lowercased()] ?? name.lowercased())
  }

  private static var words: String {
    "languages are \(Dialect.allCases.map(\.rawValue).joined(separator: ", "))"
  }

  private static let aliases = [
    "openai": "chat", "messages": "anthropic", "claude": "anthropic", "bedrock": "converse",
    "google": "gemini", "codex": "responses",
  ]
}
