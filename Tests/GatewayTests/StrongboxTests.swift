import TestSupport
import Testing

@testable import Gateway

@Suite struct `A strongbox` {
  private let directory: ScratchDirectory
  private let secret = Secret("sk-upstream-0123456789")
  private let place = "backends/a/api_key"

  init() throws {
    directory = try ScratchDirectory()
  }

  private func box(_ installSecret: [UInt8] = [1, 2, 3]) throws -> Strongbox {
    try Strongbox(directory: directory.path, installSecret: installSecret)
  }

  @Test func `gives back what was put in, after a restart too`() throws {
    let sealed = try box().seal(secret, place: place)
    #expect(Strongbox.isSealed(sealed))
    #expect(!sealed.contains("0123456789"))
    #expect(try box().open(sealed, place: place) == secret)
    #expect(try directory.modes(of: Strongbox.fileName).file == 0o600)
  }

  @Test func `opens nothing for another place, another house or another text`() throws {
    let sealed = try box().seal(secret, place: place)
    #expect(try box().open(sealed, place: "backends/b/api_key") == nil)
    #expect(try box([1, 2, 4]).open(sealed, place: place) == nil)
    for text in [
      "", "sealed:1:", "sealed:1:!", "sk-plain", String(sealed.dropLast()), sealed + "A",
    ] {
      #expect(try box().open(text, place: place) == nil)
    }
    let other = try ScratchDirectory()
    let stranger = try Strongbox(directory: other.path, installSecret: [1, 2, 3])
    #expect(stranger.open(sealed, place: place) == nil)
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o660] as [UInt32])
  func `is not made with a key that others can read`(mode: UInt32) {
    directory.write(String(repeating: "k", count: 32), to: Strongbox.fileName, mode: mode)
    #expect(throws: Strongbox.Fault.self) { try box() }
  }

  @Test(arguments: ["", "short", String(repeating: "k", count: 33)])
  func `is not made with half a key`(text: String) {
    directory.write(text, to: Strongbox.fileName)
    #expect(throws: Strongbox.Fault.self) { try box() }
  }

  @Test func `is not made where no key can lie`() {
    #expect(throws: Strongbox.Fault.self) {
      try Strongbox(directory: directory.path("nowhere"), installSecret: [])
    }
    directory.makeDirectory(Strongbox.fileName)
    #expect(throws: Strongbox.Fault.self) { try box() }
  }
}
