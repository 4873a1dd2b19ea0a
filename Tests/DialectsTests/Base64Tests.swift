import Testing

@testable import Dialects

struct `Text in base64` {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `is that of RFC 4648`(plain: String, coded: String) {
    #expect(Base64.encode(Array(plain.utf8)[...]) == Array(coded.utf8))
    #expect(Base64.decode(Array(coded.utf8)[...]) == Array(plain.utf8))
    let bare = coded.replacing("=", with: "")
    #expect(Base64.decode(Array(bare.utf8)[...]) == Array(plain.utf8))
  }

  @Test func `goes there and back`() {
    var numbers = SeededNumbers(5)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      let coded = Base64.encode(bytes[...])
      #expect(Base64.decode(coded[...]) == bytes)
      let safe = coded.map { byte -> UInt8 in
        byte == UInt8(ascii: "+")
          ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
      }
      #expect(Base64.decode(safe[...]) == bytes)
      let bare = safe.filter { $0 != UInt8(ascii: "=") }
      #expect(Base64.urlText(bytes) == String(decoding: bare, as: UTF8.self))
    }
  }

  @Test(arguments: [
    "Z", "Zg=", "Zg===", "=", "====", "Zm9vY", "Zm9v====", "Zm 9v", "Zm9\n", "Zm=v", "Zmé",
    "Zg==Zg==",
  ])
  func `is refused when it is none`(text: String) {
    var out: [UInt8] = [1, 2]
    #expect(!Base64.append(decoding: Array(text.utf8)[...], to: &out))
    #expect(out == [1, 2])
  }
}
