/// Notes on a request, in the alphabet that Bedrock has for them.
struct ConverseMetadata {
  private static let most = 16
  private static let longest = 256
  private static let marks = Array(" \t\n\r:_@$#=/+,-.".utf8)

  private var notes: [(name: JSONText, value: JSONText)] = []

  init(_ conversation: Conversation, losses: inout Losses) {
    if let metadata = try? conversation.metadata?.parsed() {
      for (name, value) in metadata.members {
        guard let text = value.text, Self.fits(name), Self.fits(text), !name.isEmpty,
          notes.count < Self.most
        else {
          losses.record("metadata")
          continue
        }
        notes.append((name, text))
      }
    }
    guard let user = conversation.user else { return }
    let name: JSONText = "user_id"
    if Self.fits(user), notes.count < Self.most, !notes.contains(where: { $0.name == name }) {
      notes.append((name, user))
    } else {
      losses.record("user")
    }
  }

  func write(into writer: inout JSONWriter) {
    guard !notes.isEmpty else { return }
    writer.name("requestMetadata")
    writer.object { writer in
      for note in notes {
        writer.name(note.name)
        writer.text(note.value)
      }
    }
  }

  private static func fits(_ text: JSONText) -> Bool {
    let bytes = text.unescaped
    return bytes.count <= longest
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: marks.contains(byte)
        }
      }
  }
}
