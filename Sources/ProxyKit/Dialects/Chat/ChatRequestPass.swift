/// Passes a client's request on in its own bytes, spliced only where the route must.
enum ChatRequestPass {
  private struct Splice {
    var range: Range<Int>
    var bytes: [UInt8]
  }

  static func pass(_ document: JSONDocument, for target: Target) -> PassedRequest {
    let root = document.root
    var splices: [Splice] = []
    // A name given twice must not reach a server that reads the other one.
    for (name, value) in root.members where name.string == "model" {
      if value.string == target.model { continue }
      splices.append(Splice(range: value.range, bytes: quoted(target.model)))
    }
    let hidesUsage = spliceStreamOptions(of: root, for: target, into: &splices)
    guard !splices.isEmpty else {
      return PassedRequest(body: Array(document.bytes), hidesUsage: hidesUsage)
    }
    splices.sort { $0.range.lowerBound < $1.range.lowerBound }
    var body: [UInt8] = []
    body.reserveCapacity(document.bytes.count + 64)
    var at = document.bytes.startIndex
    for splice in splices {
      body += document.bytes[at..<splice.range.lowerBound]
      body += splice.bytes
      at = splice.range.upperBound
    }
    body += document.bytes[at...]
    return PassedRequest(body: body, hidesUsage: hidesUsage)
  }

  /// Asks for usage in a stream; true when the client did not ask for it itself.
  private static func spliceStreamOptions(
    of root: JSONValue, for target: Target, into splices: inout [Splice]
  ) -> Bool {
    let options = root.member("stream_options")
    if target.omitsStreamOptions {
      if options != nil { splices.append(Splice(range: memberRange(of: root), bytes: [])) }
      return false
    }
    guard root["stream"]?.bool == true else { return false }
    guard let options else {
      let end = root.range.upperBound - 1
      let asked = #","stream_options":{"include_usage":true}"#
      splices.append(Splice(range: end..<end, bytes: Array(asked.utf8)))
      return true
    }
    if options.isNull {
      let asked = #"{"include_usage":true}"#
      splices.append(Splice(range: options.range, bytes: Array(asked.utf8)))
      return true
    }
    guard options.kind == .object, options["include_usage"]?.bool != true else { return false }
    if let asked = options.member("include_usage") {
      splices.append(Splice(range: asked.range, bytes: Array("true".utf8)))
    } else {
      let start = options.range.lowerBound + 1
      let isEmpty = options.members.first { _ in true } == nil
      let asked = isEmpty ? #""include_usage":true"# : #""include_usage":true,"#
      splices.append(Splice(range: start..<start, bytes: Array(asked.utf8)))
    }
    return true
  }

  /// Where the member stands, with the comma that would be left over without it.
  private static func memberRange(of root: JSONValue) -> Range<Int> {
    let bytes = root.document.bytes
    var previousEnd: Int?
    for (name, value) in root.members {
      guard name.string == "stream_options" else {
        previousEnd = value.range.upperBound
        continue
      }
      if let previousEnd { return previousEnd..<value.range.upperBound }
      var end = value.range.upperBound
      while end < bytes.endIndex, bytes[end] != UInt8(ascii: ","), bytes[end] != UInt8(ascii: "}") {
        end += 1
      }
      if bytes[end] == UInt8(ascii: ",") { end += 1 }
      return (name.bytes.startIndex - 1)..<end
    }
    return bytes.endIndex..<bytes.endIndex
  }

  private static func quoted(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }
}
