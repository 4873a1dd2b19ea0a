import Testing
import Transport

@Suite struct `A sealed secret` {
  private let sealer = Sealer(secret: [1, 2, 3], and: [4, 5])

  @Test(arguments: [0, 1, 15, 16, 17, 4_096])
  func `opens as what it was`(size: Int) throws {
    let plain = Digest.randomBytes(size)
    let sealed = sealer.seal(plain, place: "backends/a/api_key")
    #expect(sealed.count == size + 29)
    #expect(try sealer.open(sealed, place: "backends/a/api_key") == plain)
  }

  @Test func `is never the same twice and shows nothing`() {
    let plain = [UInt8]("sk-0123456789-0123456789-0123456789".utf8)
    let one = sealer.seal(plain, place: "p")
    #expect(one != sealer.seal(plain, place: "p"))
    let pieces = (0..<(one.count - 8)).map { Array(one[$0..<($0 + 8)]) }
    #expect(!pieces.contains(Array(plain.prefix(8))))
  }

  @Test func `touched anywhere does not open`() {
    let sealed = sealer.seal([9, 8, 7], place: "p")
    for at in sealed.indices {
      for bit in 0..<8 {
        var changed = sealed
        changed[at] ^= 1 << UInt8(bit)
        #expect(throws: Sealer.Fault.self) { try sealer.open(changed, place: "p") }
      }
    }
    for count in 0..<sealed.count {
      #expect(throws: Sealer.Fault.self) {
        try sealer.open(Array(sealed.prefix(count)), place: "p")
      }
    }
    #expect(throws: Sealer.Fault.self) { try sealer.open(sealed + [0], place: "p") }
  }

  @Test func `opens in its own place and with its own key only`() {
    let sealed = sealer.seal([9, 8, 7], place: "p")
    #expect(throws: Sealer.Fault.self) { try sealer.open(sealed, place: "q") }
    for other in [
      Sealer(secret: [1, 2, 4], and: [4, 5]), Sealer(secret: [1, 2, 3], and: [4]),
      Sealer(secret: [], and: []),
    ] {
      #expect(throws: Sealer.Fault.self) { try other.open(sealed, place: "p") }
    }
  }
}
