import TestSupport
import Testing

@testable import Transport

struct `A signature with an RSA key` {
  @Test func `is the one that openssl makes`() throws {
    let signature = try RS256.sign(Array("header.claims".utf8), keyPEM: ThrowawayKey.pem)
    #expect(
      Hexadecimal.text(signature)
        == "ad20ce359c58570217b155695db228f7c8fee73fd91cd39038b27129ecc7e828"
        + "00c8239cb613ee22e1c4704768212d73700a59d6b738dd4fdf4b25a5c37068f5"
        + "87bc7556bc1fdbe6b1d0fcf330126d689e66b38b93f6847c5d2901e7ecaf6ea2"
        + "7ca2f69be3733c173590728b3b5d5ef19e3e3ff5439921cfbca7214f0af7e4c1")
  }

  @Test(arguments: ["", "no key", String(ThrowawayKey.pem.prefix(300))])
  func `needs a key`(pem: String) {
    #expect(throws: RS256.Fault.noKey) { try RS256.sign([1], keyPEM: pem) }
  }

  @Test func `needs a key of RSA`() throws {
    let key = try TestCertificate().keyPEM
    #expect(throws: RS256.Fault.notRSA) { try RS256.sign([1], keyPEM: key) }
  }

  /// It would otherwise stop the process to ask for the password.
  @Test func `needs a key that is open`() {
    let locked =
      "-----BEGIN ENCRYPTED PRIVATE " + "KEY-----\n" + Self.lockedBody
      + "-----END ENCRYPTED PRIVATE " + "KEY-----\n"
    #expect(throws: RS256.Fault.noKey) { try RS256.sign([1], keyPEM: locked) }
  }

  private static let lockedBody = """
    MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjpfNKonfTvjAICCAAw
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMfwzTJvjET+sW4y1KwG5IYEgZBW
    s7bO/6YjP91bjLnPkyv1s282n+6HcrVrC1hIENkxg9CYZ26Ccu4Lnq4Lbsoo7elM
    sqDn+LGO1VZMz5dsWinBE9TLvNsahsu3W5aoSD5EJjC/mxqj3W56EvE2LGsXuX81
    ncOzgiotGeE2GB+QjKv7R/iVx8YQEwdjzxspWawFb0OnYGiuvVFCarVKeVdwnjw=

    """
}
