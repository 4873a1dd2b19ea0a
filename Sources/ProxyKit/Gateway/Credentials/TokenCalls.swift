internal import Dialects
internal import Transport

/// Asks those who give out tokens: small, bounded questions with short patience.
struct TokenCalls: Sendable {
  private static let mostBytes = 1 << 20

  let client: UpstreamClient
  let surroundings: CredentialSurroundings

  /// What came back.
  struct Answer: Sendable {
    var status: Int
    var fields: HTTPFields
    var body: [UInt8]

    var isSuccess: Bool { status / 100 == 2 }
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue? { (try? JSONDocument(body))?.root }
  }

  var now: Int64 { surroundings.now() }

  /// Asks a server beside this machine, which answers at once or not at all.
  func askNearby(
    _ url: String, _ fields: HTTPFields, method: String = "GET", called what: String,
    remedy: String
  ) async throws(CredentialFault) -> Answer {
    try await ask(
      UpstreamRequest(
        method: method, url: url, fields: fields, connectTimeout: .seconds(1),
        firstByteTimeout: .seconds(5), idleTimeout: .seconds(5)),
      called: what, remedy: remedy)
  }

  /// Sends a form to a public address.
  func post(
    _ url: String, form: [(String, String)], fields: HTTPFields = HTTPFields(),
    called what: String, signedBy signer: SigV4Signer? = nil
  ) async throws(CredentialFault) -> Answer {
    guard Self.mayCarrySecrets(url) else {
      throw CredentialFault(
        .missing, "\(what) would be called without encryption", remedy: "use an https address")
    }
    var fields = fields
    fields.set("content-type", "application/x-www-form-urlencoded")
    fields.set("accept", "application/json")
    var request = UpstreamRequest(
      method: "POST", url: url, fields: fields, body: Array(Self.encoded(form).utf8),
      connectTimeout: .seconds(5), firstByteTimeout: .seconds(10), idleTimeout: .seconds(10),
      proxy: Self.isNearby(url) ? nil : surroundings.proxy?.reveal(),
      caFile: surroundings.caFile)
    signer?.sign(&request, atSeconds: now)
    return try await ask(
      request, called: what, remedy: "see that the gateway can reach it, through a proxy if need be"
    )
  }

  /// Fields of a form, encoded.
  static func encoded(_ form: [(String, String)]) -> String {
    form.map { URIEncoding.encode($0.0) + "=" + URIEncoding.encode($0.1) }
      .joined(separator: "&")
  }

  /// Whether only this machine hears what is sent there, or nobody but the other end.
  static func mayCarrySecrets(_ url: String) -> Bool {
    url.lowercased().hasPrefix("https://") || isNearby(url)
  }

  private static func isNearby(_ url: String) -> Bool {
    (try? BaseURL(String(url.prefix { $0 != "?" })))?.isLoopback ?? false
  }

  /// What is asked for may be asked for twice, so a server's bad moment gets a second chance.
  private func ask(
    _ request: UpstreamRequest, called what: String, remedy: String
  ) async throws(CredentialFault) -> Answer {
    do {
      let answer = try await send(request)
      if answer.status < 500 { return answer }
    } catch {
      guard [.reset, .truncated].contains(error.kind) else {
        throw Self.unreachable(error, what, remedy)
      }
    }
    do {
      return try await send(request)
    } catch {
      throw Self.unreachable(error, what, remedy)
    }
  }

  private func send(_ request: UpstreamRequest) async throws(TransportFailure) -> Answer {
    let response = try await client.send(request)
    let body = try await response.readWhole(limit: Self.mostBytes)
    return Answer(status: response.status, fields: response.fields, body: body)
  }

  private static func unreachable(
    _ failure: TransportFailure, _ what: String, _ remedy: String
  ) -> CredentialFault {
    CredentialFault(.unreachable, "\(what) was not reached: \(failure.message)", remedy: remedy)
  }
}

extension TokenCalls.Answer {
  /// The token of an OAuth answer.
  func oauthGrant(
    from what: String, now: Int64, remedy: String,
    companion: (name: String, value: String)? = nil
  ) throws(CredentialFault) -> Grant {
    guard isSuccess else { throw refusal(from: what, remedy: remedy) }
    guard let json, let token = json["access_token"]?.string, !token.isEmpty else {
      throw CredentialFault(.unreachable, "\(what) answered without a token", remedy: remedy)
    }
    let lasts = json["expires_in"].flatMap(Self.seconds).map { now + $0 }
    let ends = json["expires_on"].flatMap(Self.seconds)
    return Grant(
      .bearer(Secret(token)), expiresAt: lasts ?? ends ?? now + 3600, companion: companion)
  }

  /// Why it was refused, in the words of the other side, as far as they are short and plain.
  func refusal(from what: String, remedy: String) -> CredentialFault {
    let error = json?["error"]
    let words = [
      error?.string ?? error?["status"]?.string ?? json?["Code"]?.string ?? json?["code"]?.string,
      json?["error_description"]?.string ?? error?["message"]?.string
        ?? json?["Message"]?.string ?? json?["message"]?.string,
    ]
    let said = words.compactMap { $0 }.map(Self.shortened).joined(separator: ": ")
    return CredentialFault(
      .refused, "\(what) answered \(status)" + (said.isEmpty ? "" : " (\(said))"), remedy: remedy)
  }

  static func shortened(_ words: String) -> String {
    let line = words.split(whereSeparator: \.isNewline).first ?? ""
    return String(line.prefix(200))
  }

  /// Azure writes its numbers in quotes; what is absurd counts as not said.
  private static func seconds(_ value: JSONValue) -> Int64? {
    let number = value.double.flatMap { Int64(exactly: $0.rounded()) }
    let text = value.string.flatMap { Int64($0) }
    return (number ?? text).flatMap { (0...1 << 40).contains($0) ? $0 : nil }
  }
}
