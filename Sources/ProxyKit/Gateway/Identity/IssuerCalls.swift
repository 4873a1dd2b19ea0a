internal import Dialects
internal import Transport

/// Asks an issuer for its keys: two small, bounded questions that follow nobody elsewhere.
struct IssuerCalls {
  private static let mostBytes = 256 << 10

  let issuer: Settings.Issuer
  let client: UpstreamClient

  /// The keys that the issuer publishes now.
  func keys() async throws(TokenFault) -> KeySet {
    let url: String
    if let given = issuer.keysURL { url = given } else { url = try await discover() }
    guard let keys = KeySet(try await ask(url, for: "keys")) else {
      throw .unavailable("what the issuer gave is no set of keys")
    }
    guard !keys.isEmpty else {
      throw .unavailable("the issuer gave no key that can prove a signature")
    }
    return keys
  }

  private func discover() async throws(TokenFault) -> String {
    let base = issuer.issuer.hasSuffix("/") ? String(issuer.issuer.dropLast()) : issuer.issuer
    let body = try await ask(base + "/.well-known/openid-configuration", for: "configuration")
    guard let root = (try? JSONDocument(body))?.root, let url = root["jwks_uri"]?.string else {
      throw .unavailable("the issuer's configuration names no keys")
    }
    guard root["issuer"]?.string == issuer.issuer else {
      throw .unavailable("the issuer's configuration is that of another issuer")
    }
    return url
  }

  private func ask(_ url: String, for what: String) async throws(TokenFault) -> [UInt8] {
    if let refusal = Self.refusal(of: url, by: issuer.addresses) {
      throw .unavailable("the address of the issuer's \(what) \(refusal)")
    }
    var request = UpstreamRequest(
      method: "GET", url: url, fields: HTTPFields([("accept", "application/json")]),
      connectTimeout: .seconds(5), firstByteTimeout: .seconds(10), idleTimeout: .seconds(10),
      caFile: issuer.caFile)
    let addresses = issuer.addresses
    request.mayConnect = { addresses.mayConnect(to: $0) }
    do {
      let response = try await client.send(request)
      guard response.status / 100 != 3 else {
        throw TokenFault.unavailable("the issuer sends elsewhere for its \(what)")
      }
      guard response.status == 200 else {
        throw TokenFault.unavailable("the issuer answered \(response.status) for its \(what)")
      }
      return try await response.readWhole(limit: Self.mostBytes)
    } catch let fault as TokenFault {
      throw fault
    } catch let failure as TransportFailure {
      throw .unavailable(failure.message)
    } catch {
      throw .unavailable("the issuer was not asked")
    }
  }

  /// Why an address is not asked; nil when it is.
  static func refusal(of text: String, by addresses: AddressPolicy) -> String? {
    let plain = String(text.prefix { $0 != "?" && $0 != "#" })
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (33...126).contains($0) }),
      let url = try? BaseURL(plain)
    else { return "is no web address" }
    if url.scheme != "https", !(url.isLoopback && addresses.allowsLoopback) {
      return "is not https"
    }
    return addresses.refusal(of: url)
  }
}
