internal import Dialects
internal import Transport

/// A signed token (RFC 7515, 7519) taken apart and not yet believed.
struct WebToken {
  static let mostBytes = 12 << 10

  let algorithm: SignatureAlgorithm
  let keyID: String?
  let claims: JSONValue
  let signature: [UInt8]
  /// What was signed: header and claims as they were sent.
  let message: [UInt8]

  /// Whether a credential has the shape of a token, so that it is treated as one.
  static func looksLike(_ credential: String) -> Bool {
    let bytes = credential.utf8
    guard bytes.count > 32, bytes.starts(with: "eyJ".utf8) else { return false }
    var dots = 0
    var before: UInt8 = dot
    for byte in bytes {
      if byte == dot {
        guard before != dot else { return false }
        dots += 1
      } else if !isURLByte(byte) {
        return false
      }
      before = byte
    }
    return dots == 2 && before != dot
  }

  init(_ text: String) throws(TokenFault) {
    guard text.utf8.count <= Self.mostBytes else {
      throw .malformed("is larger than \(Self.mostBytes >> 10) KiB")
    }
    let bytes = Array(text.utf8)
    let parts = bytes.split(separator: Self.dot, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
      throw .malformed("has not three parts")
    }
    let header = try Self.object(parts[0], called: "header")
    (algorithm, keyID) = try Self.read(header)
    claims = try Self.object(parts[1], called: "claims")
    signature = try Self.decoded(parts[2], called: "signature")
    message = Array(bytes[..<parts[1].endIndex])
  }

  private static func read(
    _ header: JSONValue
  ) throws(TokenFault) -> (SignatureAlgorithm, String?) {
    guard let name = header["alg"]?.string, let algorithm = SignatureAlgorithm(rawValue: name)
    else { throw .malformed("is signed in no way that is taken") }
    // A token that brings the key it is to be proved with proves nothing.
    for (member, _) in header.members
    where ["jwk", "jku", "x5u", "x5c"].contains(member.string) {
      throw .malformed("brings its own key")
    }
    if header.member("crit") != nil { throw .malformed("asks for what is not understood") }
    if header.member("b64") != nil || header.member("zip") != nil || header.member("enc") != nil {
      throw .malformed("asks for what is not understood")
    }
    if let type = header.member("typ") {
      guard var name = type.string?.lowercased() else { throw .malformed("is of no known type") }
      if name.hasPrefix("application/") { name = String(name.dropFirst(12)) }
      guard ["jwt", "at+jwt"].contains(name) else { throw .malformed("is of another type") }
    }
    guard let given = header.member("kid") else { return (algorithm, nil) }
    guard let keyID = given.string, !keyID.isEmpty, keyID.utf8.count <= 256 else {
      throw .malformed("names no key")
    }
    return (algorithm, keyID)
  }

  private static func object(
    _ part: ArraySlice<UInt8>, called name: String
  ) throws(TokenFault) -> JSONValue {
    let bytes = try decoded(part, called: name)
    guard let root = (try? JSONDocument(bytes))?.root, root.kind == .object else {
      throw .malformed("has a \(name) that is no object")
    }
    // Two readers of a name that stands twice may believe two things.
    var names: Set<String> = []
    for (member, _) in root.members where !names.insert(member.string).inserted {
      throw .malformed("says something twice")
    }
    return root
  }

  /// One spelling only: no padding, no other alphabet, no bits to spare.
  private static func decoded(
    _ part: ArraySlice<UInt8>, called name: String
  ) throws(TokenFault) -> [UInt8] {
    guard part.allSatisfy(isURLByte), let bytes = Base64.decode(part),
      Base64.urlText(bytes).utf8.elementsEqual(part)
    else { throw .malformed("has a \(name) that is not encoded as it must be") }
    return bytes
  }

  private static let dot = UInt8(ascii: ".")

  private static func isURLByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}
