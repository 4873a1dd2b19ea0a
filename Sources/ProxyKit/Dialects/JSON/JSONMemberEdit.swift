/// Takes members out of an object and puts others in front; every other byte stays as it was.
///
/// A name that stands twice goes twice, whatever its spelling, so that no reader behind us finds a
/// member that we meant to remove.
package struct JSONMemberEdit {
  private let object: JSONValue
  private let removed: [StaticString]
  private var front = JSONWriter()

  package init(_ object: JSONValue, removing names: [StaticString]) {
    self.object = object
    removed = names
  }

  /// Whether the members that stay include this one.
  package func keeps(_ name: StaticString) -> Bool {
    object.member(name) != nil && !removed.contains { $0.description == name.description }
  }

  /// Writes members that are to stand in front.
  package mutating func prepend(_ write: (inout JSONWriter) -> Void) {
    write(&front)
  }

  /// The whole text with the changes.
  package var bytes: [UInt8] {
    let source = object.document.bytes
    var out: [UInt8] = []
    out.reserveCapacity(source.count + front.bytes.count + 1)
    let members = memberRanges()
    var at = object.range.lowerBound + 1
    out.append(contentsOf: source[..<at])
    out.append(contentsOf: front.bytes)
    if !front.bytes.isEmpty, members.contains(where: { !$0.isRemoved }) {
      out.append(UInt8(ascii: ","))
    }
    var hasKept = false
    for (index, member) in members.enumerated() {
      guard member.isRemoved else {
        hasKept = true
        continue
      }
      // With each goes the comma that would be left over.
      let isLast = index + 1 == members.count
      let start = hasKept ? members[index - 1].range.upperBound : member.range.lowerBound
      out.append(contentsOf: source[at..<max(at, start)])
      at = hasKept || isLast ? member.range.upperBound : members[index + 1].range.lowerBound
    }
    out.append(contentsOf: source[at...])
    return out
  }

  private func memberRanges() -> [(range: Range<Int>, isRemoved: Bool)] {
    let document = object.document
    let others = document.tape.members(besides: removed, of: object.index, in: document.bytes)
    var kept = others[...]
    var ranges: [(range: Range<Int>, isRemoved: Bool)] = []
    var at = object.index + 1
    while at < Int(document.tape.nodes[object.index].next) {
      let isKept = kept.first == at
      if isKept { kept.removeFirst() }
      let value = JSONValue(document: document, index: at + 1)
      let start = Int(document.tape.nodes[at].start) - 1
      ranges.append((start..<value.range.upperBound, !isKept))
      at = Int(document.tape.nodes[at + 1].next)
    }
    return ranges
  }
}
