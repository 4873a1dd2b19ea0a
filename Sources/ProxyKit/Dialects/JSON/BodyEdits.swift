/// Changes to a body that else stays as it is, byte for byte.
struct BodyEdits {
  private struct Splice {
    var range: Range<Int>
    var bytes: [UInt8]
  }

  private let document: JSONDocument
  private var splices: [Splice] = []

  init(_ document: JSONDocument) {
    self.document = document
  }

  mutating func replace(_ value: JSONValue, by bytes: [UInt8]) {
    splices.append(Splice(range: value.range, bytes: bytes))
  }

  mutating func replace(_ value: JSONValue, by text: JSONText) {
    replace(value, by: [UInt8(ascii: "\"")] + text.bytes + [UInt8(ascii: "\"")])
  }

  mutating func insert(_ bytes: [UInt8], at position: Int) {
    splices.append(Splice(range: position..<position, bytes: bytes))
  }

  /// Appends a member to an object that has others.
  mutating func append(_ member: [UInt8], to object: JSONValue) {
    insert([UInt8(ascii: ",")] + member, at: object.range.upperBound - 1)
  }

  /// Takes members out of an object, each with the comma that would be left over.
  mutating func remove(
    from object: JSONValue, where isRemoved: (JSONText, JSONValue) -> Bool
  ) {
    var start = object.range.lowerBound + 1
    var hasKept = false
    for (name, value) in object.members {
      let end = value.range.upperBound
      if isRemoved(name, value) {
        let stop = hasKept ? end : afterComma(end)
        splices.append(Splice(range: start..<stop, bytes: []))
        start = stop
      } else {
        hasKept = true
        start = end
      }
    }
  }

  /// Takes elements out of an array, each with the comma that would be left over.
  mutating func cut(_ elements: [(range: Range<Int>, isRemoved: Bool)]) {
    var hasKept = false
    for (index, element) in elements.enumerated() {
      guard element.isRemoved else {
        hasKept = true
        continue
      }
      let start = hasKept ? elements[index - 1].range.upperBound : element.range.lowerBound
      let isLast = index + 1 == elements.count
      let end =
        hasKept || isLast ? element.range.upperBound : elements[index + 1].range.lowerBound
      splices.append(Splice(range: start..<end, bytes: []))
    }
  }

  private func afterComma(_ end: Int) -> Int {
    let bytes = document.bytes
    let next = bytes[end...].firstIndex { $0 > 0x20 }
    guard let next, bytes[next] == UInt8(ascii: ",") else { return end }
    return next + 1
  }

  var body: [UInt8] {
    let bytes = document.bytes
    guard !splices.isEmpty else { return Array(bytes) }
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count + 128)
    var at = bytes.startIndex
    for splice in splices.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      // What goes takes with it what was to be done inside of it.
      guard splice.range.lowerBound >= at else { continue }
      body += bytes[at..<splice.range.lowerBound]
      body += splice.bytes
      at = splice.range.upperBound
    }
    body += bytes[at...]
    return body
  }
}
