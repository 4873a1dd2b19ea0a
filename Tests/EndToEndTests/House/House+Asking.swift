import ControlPlane
import TestSupport
import Testing

/// A whole answer that a client got.
struct Answer: Sendable {
  let head: HTTPMessageHead
  let body: [UInt8]

  var status: Int { head.status }
  var text: String { String(decoding: body, as: UTF8.self) }
}

extension House {
  var port: UInt16 {
    get throws {
      let address = try #require(picture.listening.first)
      let digits = address.split(separator: ":").last ?? ""
      return try #require(UInt16(digits))
    }
  }

  func upstream(_ language: Language) -> ScriptedUpstream {
    language == .anthropic ? claude : chat
  }

  func client(
    receiveBuffer: Int? = nil, patience: Duration = .seconds(20)
  ) throws -> RawHTTPClient {
    try RawHTTPClient(port: port, receiveBuffer: receiveBuffer, patience: patience)
  }

  static let credentials = [(name: "x-api-key", value: House.key)]

  /// A client that has sent a request and has read nothing yet.
  func client(
    asking body: String, at path: String, headers: [(name: String, value: String)] = [],
    credentials: [(name: String, value: String)] = House.credentials, receiveBuffer: Int? = nil
  ) async throws -> RawHTTPClient {
    let client = try client(receiveBuffer: receiveBuffer)
    try await client.post(path, headers: credentials + headers, json: body)
    return client
  }

  func client(
    asking way: Way, isStreamed: Bool = true, extra: String = "",
    headers: [(name: String, value: String)] = []
  ) async throws -> RawHTTPClient {
    try await client(
      asking: way.request(isStreamed: isStreamed, extra: extra), at: way.client.path,
      headers: headers)
  }

  /// Sends a request on a connection of its own and reads the whole answer.
  func ask(
    _ body: String, at path: String, headers: [(name: String, value: String)] = [],
    credentials: [(name: String, value: String)] = House.credentials
  ) async throws -> Answer {
    try await client(asking: body, at: path, headers: headers, credentials: credentials).answer()
  }

  func ask(
    _ way: Way, isStreamed: Bool = false, extra: String = "",
    headers: [(name: String, value: String)] = []
  ) async throws -> Answer {
    try await client(asking: way, isStreamed: isStreamed, extra: extra, headers: headers).answer()
  }

  /// Asks for a stream and reads it to whatever end it comes.
  func stream(
    _ way: Way, extra: String = "", headers: [(name: String, value: String)] = []
  ) async throws -> Transcript {
    try await client(asking: way, extra: extra, headers: headers).transcript(in: way.client)
  }

  /// What the ledger has of the newest requests, newest first, once there are `count` of them.
  @discardableResult
  func records(_ count: Int) async throws -> [RequestSummary] {
    var found: [RequestSummary] = []
    try await eventually("\(count) recorded exchanges, not \(found.count)") {
      guard
        case .requests(let all) = try await order(.listRequests(limit: 500, before: nil))
      else { return false }
      found = all
      return all.count >= count
    }
    try #require(found.count == count)
    return found
  }
}

extension RawHTTPClient {
  func answer() async throws -> Answer {
    Answer(head: try await head(), body: try await body())
  }
}
