internal import ControlPlane
internal import Dialects

/// What a good token says of its bearer.
struct VerifiedToken: Sendable, Equatable {
  let issuer: String
  let subject: String
  /// For people to read; the subject when the token has no better name.
  let name: String
  let groups: [String]
  let terms: KeyTerms
  let expiresAtSeconds: Int64

  /// The name by which what a bearer left here is found again: no claim that a person can change.
  var owner: String { "token:\(issuer)#\(subject)" }

  /// Reads claims whose signature was proved.
  init(_ claims: JSONValue, for issuer: Settings.Issuer, nowSeconds: Int64) throws(TokenFault) {
    expiresAtSeconds = try Self.checkTimes(claims, leeway: issuer.leeway, now: nowSeconds)
    try Self.checkAudience(claims, issuer)
    for claim in issuer.requiredClaims {
      let given = claims.claim(claim.name)?.texts ?? []
      guard given.contains(where: claim.values.contains) else { throw .claim(claim.name) }
    }
    guard let subject = claims["sub"]?.string, (1...256).contains(subject.utf8.count) else {
      throw .claim("sub")
    }
    self.issuer = issuer.issuer
    self.subject = subject
    name = claims.claim(issuer.nameClaim)?.string.flatMap(Self.shown) ?? Self.shown(subject) ?? "?"
    groups = Array((claims.claim(issuer.groupsClaim)?.texts ?? []).prefix(256))
    let group = issuer.groups.first { [groups] in groups.contains($0.name) }
    guard let terms = group?.terms ?? issuer.terms ?? (issuer.groups.isEmpty ? .init() : nil)
    else { throw .noTerms }
    self.terms = terms
  }

  /// The end of its time, before which it is good.
  private static func checkTimes(
    _ claims: JSONValue, leeway: Int64, now: Int64
  ) throws(TokenFault) -> Int64 {
    guard let end = try seconds("exp", claims["exp"]) else { throw .claim("exp") }
    guard now < end + leeway else { throw .expired }
    for (name, value) in [("nbf", claims.member("nbf")), ("iat", claims.member("iat"))] {
      if let start = try seconds(name, value), start > now + leeway { throw .notYet }
    }
    return end + leeway
  }

  private static func seconds(_ name: String, _ value: JSONValue?) throws(TokenFault) -> Int64? {
    guard let value else { return nil }
    guard let number = value.double, (0...1e12).contains(number) else { throw .claim(name) }
    return Int64(number)
  }

  private static func checkAudience(
    _ claims: JSONValue, _ issuer: Settings.Issuer
  ) throws(TokenFault) {
    if issuer.audiences.isEmpty { return }
    let given = claims["aud"]?.texts ?? []
    guard given.contains(where: issuer.audiences.contains) else { throw .wrongAudience }
  }

  /// A name that can stand in a log and on a screen.
  private static func shown(_ name: String) -> String? {
    let plain = name.unicodeScalars.filter {
      !$0.properties.isWhitespace && $0.properties.generalCategory != .control
        && $0.properties.generalCategory != .format || $0 == " "
    }
    let text = String(String.UnicodeScalarView(plain.prefix(100)))
    return text.allSatisfy { $0 == " " } ? nil : text
  }
}

extension JSONValue {
  /// A claim by its name, or by the way to it: `realm_access.roles`.
  fileprivate func claim(_ name: String) -> JSONValue? {
    if let plain = named(name) { return plain }
    var value = self
    for part in name.split(separator: ".", omittingEmptySubsequences: false) {
      guard let next = value.named(String(part)) else { return nil }
      value = next
    }
    return value
  }

  private func named(_ name: String) -> JSONValue? {
    members.first { $0.name.string == name }.map(\.value)
  }

  /// A text, or those of a list; a flag and a number are texts too.
  fileprivate var texts: [String] {
    switch kind {
    case .string: string.map { [$0] } ?? []
    case .true: ["true"]
    case .false: ["false"]
    case .number: integer.map { [String($0)] } ?? []
    case .array: elements.prefix(256).compactMap(\.string)
    default: []
    }
  }
}
