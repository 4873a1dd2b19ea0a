internal import Dialects
internal import FuzzSupport

/// What is parsed can be written, and is the same when it is parsed again.
enum JSONCheck {
  static func run(_ bytes: [UInt8]) {
    guard let document = try? JSONDocument(bytes) else { return }
    var writer = JSONWriter()
    write(document.root, to: &writer)
    guard let again = try? JSONDocument(writer.bytes) else {
      Breach.found("what was written is no JSON: \(writer.bytes.shown)")
    }
    var second = JSONWriter()
    write(again.root, to: &second)
    promise(second.bytes == writer.bytes, "what was written reads as something else")
    _ = document.root["model"]?.string
    _ = document.root["n"]?.double
  }

  /// Strings are unescaped and escaped again on the way.
  private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value.kind {
    case .object:
      writer.object { writer in
        for (name, member) in value.members {
          writer.name(name)
          write(member, to: &writer)
        }
      }
    case .array:
      writer.array { writer in
        for element in value.elements { write(element, to: &writer) }
      }
    case .string: writer.string(value.string ?? "")
    case .number:
      _ = value.integer
      writer.raw(value.raw)
    case .true, .false, .null: writer.raw(value.raw)
    }
  }

  /// Whether the bytes are the inside of a JSON string.
  static func isInside(_ text: JSONText) -> Bool {
    (try? JSONDocument([0x22] + text.bytes + [0x22]))?.root.kind == .string
  }

  static func isJSON(_ raw: JSONRaw) -> Bool {
    (try? JSONDocument(raw.bytes)) != nil
  }
}
