internal import Dialects
internal import Transport

/// Anthropic's betas on their way to a server that does not have them all, and its bodies in the
/// envelope of the cloud that carries them.
extension Deployment {
  /// A body, the betas that go beside it, and what of the two had to stay behind.
  struct Letter {
    var body: [UInt8]
    var betas: [String]
    var losses = Losses()
  }

  /// A conversation as the server takes it; `language` is that of the client with these headers.
  func letter(
    _ body: [UInt8], betas: [String], from client: HTTPFields, in language: Dialect
  ) throws(Failure) -> Letter {
    var letter = Letter(body: body, betas: betas)
    guard let betaPlatform else { return letter }
    if language == .anthropic { letter.betas += Self.betas(of: client, besides: betas) }
    guard dialect == .anthropic else {
      if language == .anthropic { tellBetas(of: &letter, on: betaPlatform) }
      return letter
    }
    guard let document = fit(&letter, to: betaPlatform), let cloud = surface.envelope else {
      return letter
    }
    let sealed = try AnthropicEnvelope.seal(document, for: cloud, betas: letter.betas)
    letter.body = sealed.body
    letter.betas = sealed.betas
    return letter
  }

  /// A question for the server's counter, likewise.
  func countLetter(
    _ body: [UInt8], betas: [String], from client: HTTPFields, in language: Dialect
  ) throws(Failure) -> Letter {
    var letter = Letter(body: body, betas: betas)
    guard let betaPlatform, dialect == .anthropic else { return letter }
    if language == .anthropic { letter.betas += Self.betas(of: client, besides: betas) }
    guard let document = fit(&letter, to: betaPlatform), let cloud = surface.envelope else {
      return letter
    }
    let sealed = try AnthropicEnvelope.seal(
      document, for: cloud, betas: letter.betas, keepsModel: cloud == .vertex)
    letter.body =
      cloud == .bedrock ? ConverseCount.write(invokeModel: sealed.body) : sealed.body
    letter.betas = sealed.betas
    return letter
  }

  /// The betas that the client's headers ask for, but for those that are known already.
  static func betas(of client: HTTPFields, besides known: [String]) -> [String] {
    var betas: [String] = []
    for header in client.all("anthropic-beta") {
      for beta in AnthropicEnvelope.betas(inHeader: header)
      where !known.contains(beta) && !betas.contains(beta) { betas.append(beta) }
    }
    return betas
  }

  /// Leaves out what the server does not have; nil when the body cannot be read.
  private func fit(_ letter: inout Letter, to platform: BetaPlatform) -> JSONDocument? {
    guard let given = try? JSONDocument(letter.body) else { return nil }
    let fit = BetaFit(given, betas: letter.betas, for: platform, table: betaTable)
    letter.losses.record(contentsOf: fit.losses)
    letter.betas = fit.betas
    letter.body = fit.body
    return try? JSONDocument(letter.body)
  }

  /// Converse has the betas of a Claude among the words of the model.
  private func tellBetas(of letter: inout Letter, on platform: BetaPlatform) {
    guard !letter.betas.isEmpty else { return }
    let isClaude = model.contains("anthropic")
    let (sent, kept) = betaTable.sort(
      header: letter.betas.joined(separator: ","), for: platform)
    for beta in isClaude ? kept : letter.betas { letter.losses.record("beta_" + beta) }
    if isClaude { letter.body = ConverseBetas.replace(by: sent, in: letter.body) }
    letter.betas = []
  }
}
