/// A request in the one spelling that both sides of a signature make of it.
struct SigV4Canonical {
  let text: String

  /// `path` and `query` are as they stand on the wire; `signed` is in lower case and sorted.
  init(
    method: String, path: String, query: String?, fields: HTTPFields, signed: [String],
    payloadHash: String, service: String
  ) {
    var lines = [method, Self.path(path, service: service), Self.query(query ?? "")]
    for name in signed {
      lines.append(name + ":" + fields.all(name).map(Self.condensed).joined(separator: ","))
    }
    lines += ["", signed.joined(separator: ";"), payloadHash]
    text = lines.joined(separator: "\n")
  }

  /// The path, encoded once more than on the wire; S3 alone takes it as it is.
  private static func path(_ path: String, service: String) -> String {
    guard service != "s3" else { return path.isEmpty ? "/" : path }
    return URIEncoding.encode(withoutDots(path), keepingSlashes: true)
  }

  /// Without dot segments and without slashes that follow a slash.
  private static func withoutDots(_ path: String) -> String {
    var kept: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
    }
    let isOpen = path.hasSuffix("/") && !kept.isEmpty
    return "/" + kept.joined(separator: "/") + (isOpen ? "/" : "")
  }

  private static func query(_ query: String) -> String {
    var pairs = query.split(separator: "&").map { pair -> (name: String, value: String) in
      let equals = pair.firstIndex(of: "=") ?? pair.endIndex
      return (recoded(pair[..<equals]), recoded(pair[equals...].dropFirst()))
    }
    pairs.sort {
      $0.name == $1.name
        ? $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
        : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    return pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  /// The same text in the strict encoding, however loosely it was encoded.
  private static func recoded(_ text: Substring) -> String {
    URIEncoding.encode(URIEncoding.decode(text), keepingSlashes: false)
  }

  /// Without white space at the ends, and with one space wherever there was more.
  private static func condensed(_ value: String) -> String {
    value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
