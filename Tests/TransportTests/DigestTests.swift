import Testing
import Transport

@Suite("Digests")
struct DigestTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func `are those of FIPS 180-2`() {
    #expect(
      hex(Digest.sha256(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hex(Digest.sha256([]))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `are the same in pieces`() {
    var running = RunningSHA256()
    for piece in ["a", "", "bc"] { running.take(Array(piece.utf8)) }
    #expect(running.finish() == Digest.sha256(Array("abc".utf8)))
  }

  @Test func `with a key are those of RFC 4231`() {
    #expect(
      hex(Digest.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      hex(Digest.hmacSHA256(key: [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8)))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      hex(Digest.hmacSHA256(key: [], []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func `with a prepared key are those of RFC 4231, as often as it is used`() {
    let key = HMACKey([UInt8](repeating: 0xaa, count: 131))
    for _ in 0..<2 {
      #expect(
        hex(key.digest(of: "Test Using Larger Than Block-Size Key - Hash Key First").bytes)
          == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }
  }

  @Test func `compare by all their bytes`() {
    #expect(Digest.constantTimeEqual([1, 2, 3], [1, 2, 3]))
    #expect(!Digest.constantTimeEqual([1, 2, 3], [1, 2, 4]))
    #expect(!Digest.constantTimeEqual([1, 2], [1, 2, 3]))
    #expect(Digest.constantTimeEqual([], []))
  }

  @Test func `of chance differ`() {
    #expect(Digest.randomBytes(32).count == 32)
    #expect(Digest.randomBytes(32) != Digest.randomBytes(32))
    #expect(Digest.randomBytes(0).isEmpty)
  }
}
