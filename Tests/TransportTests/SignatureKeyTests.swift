import TestSupport
import Testing
import Transport

@Suite struct `A public key` {
  private static let odd2048 = [UInt8](repeating: 0xc3, count: 256)

  @Test func `proves what its owner signed, and nothing else`() throws {
    let message = Array("header.claims".utf8)
    let signature = try RS256.sign(message, keyPEM: TokenSpecimens.rsaPEM)
    let key = try #require(SignatureKey(TokenSpecimens.rsaMaterial))
    #expect(key.proves(signature, of: message, by: .rs256))
    #expect(!key.proves(signature, of: message, by: .rs384))
    #expect(!key.proves(signature, of: message, by: .es256))
    #expect(!key.proves(signature, of: message, by: .edDSA))
    #expect(!key.proves(signature, of: message + [0], by: .rs256))
    #expect(!key.proves([0] + signature, of: message, by: .rs256))
    #expect(!key.proves([], of: message, by: .rs256))
    for at in stride(from: 0, to: signature.count, by: 17) {
      var changed = signature
      changed[at] ^= 1
      #expect(!key.proves(changed, of: message, by: .rs256))
    }
    #expect(!key.proves(Array(signature.dropLast()), of: message, by: .rs256))
  }

  @Test(arguments: [
    SignatureKey.Material.rsa(modulus: [UInt8](repeating: 0xc3, count: 128), exponent: [1, 0, 1]),
    .rsa(modulus: [UInt8](repeating: 0xc3, count: 1025), exponent: [1, 0, 1]),
    .rsa(modulus: odd2048, exponent: [1]), .rsa(modulus: odd2048, exponent: [2]),
    .rsa(modulus: odd2048, exponent: []), .rsa(modulus: [], exponent: [3]),
    .rsa(modulus: odd2048, exponent: [1, 0, 0, 0, 0, 1]),
    .rsa(modulus: odd2048.dropLast() + [2], exponent: [1, 0, 1]),
    .p256(x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 32)),
    .p256(x: [UInt8](repeating: 0, count: 32), y: [UInt8](repeating: 0, count: 32)),
    .p256(x: [1], y: [1]),
    .p384(x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 32)),
    .ed25519([UInt8](repeating: 1, count: 31)), .ed25519([]),
  ])
  func `is not made of weak numbers, nor of those that lie on no curve`(
    material: SignatureKey.Material
  ) {
    #expect(SignatureKey(material) == nil)
  }
}

extension TokenSpecimens {
  /// The numbers of the key `rsa`.
  fileprivate static let rsaMaterial = SignatureKey.Material.rsa(
    modulus: bytes(
      "9c7ab1affa174d1529f3ef5e2b673ac19c2a51d19a6552efaf337f521754b9a6c758a92d7f9480b3"
        + "bdf46d9d315be01c3f60414e0d517712089dd71c339abe765f2f8fa655ec6cdc637043b673fa444b"
        + "29eb861fde0c055b8a5d98a9cef6729d01daf8eb4004d969ec16a23eb7309ad7a42200ec72c6cdf2"
        + "9b1daeeb9f8f0028f0aa569623f22bfab4ec9d89238852d9a7ed4f7b9f743eb6eb0de94a065d6540"
        + "2fdfbc10c3c83439b8f1ea572c5bfc20f0700eb6dc8f43bbb715d267080d7cab15b29894e0013e51"
        + "ceee6aff692f0fdc0a3d088cedc72c41accd3dd8dcdd79eb89306e123e751399a9070d84cabdee64"
        + "e6ced03a9a0c4d9bcc0ec37913333519"),
    exponent: [1, 0, 1])

  private static func bytes(_ text: String) -> [UInt8] {
    let digits = text.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
