/// Cache points, which stand behind what they mark, and the marks that other languages know.
enum ConverseCachePoint {
  /// The mark for the block in front of a cache point.
  static func mark(_ point: JSONValue) -> JSONRaw {
    guard let ttl = point["ttl"]?.text else {
      return JSONRaw(stringLiteral: "{\"type\":\"ephemeral\"}")
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", word: "ephemeral")
      writer.member("ttl", ttl)
    }
    return JSONRaw(writer.bytes[...])
  }

  /// Writes the block that stands behind what was marked.
  static func write(_ mark: JSONRaw, withTTL: Bool, into writer: inout JSONWriter) {
    let ttl = withTTL ? (try? mark.parsed())?["ttl"]?.text : nil
    writer.object { writer in
      writer.name("cachePoint")
      writer.object { writer in
        writer.member("type", word: "default")
        if let ttl, ttl.equals("5m") || ttl.equals("1h") { writer.member("ttl", ttl) }
      }
    }
  }
}
