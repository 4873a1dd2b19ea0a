/// Passes a client's own bytes on to an upstream of the same language.
///
/// The path names the model, so most requests stay as they are. What a conversation brings along
/// from another vendor's model is taken out: its seals, which only we can read, and the thoughts
/// that are nothing without them. Models that refuse calls without a signature get Google's own
/// mark for calls that another model made.
struct GeminiPassage {
  private struct Splice {
    var range: Range<Int>
    var bytes: [UInt8] = []
  }

  private let bytes: ArraySlice<UInt8>
  private var splices: [Splice] = []
  private var losses = Losses()

  static func pass(
    _ document: JSONDocument, for target: Target
  ) throws(Failure) -> PassedRequest {
    guard document.root.kind == .object else {
      throw .invalid("The body must be an object, not \(document.root.kind.noun).")
    }
    var passage = GeminiPassage(bytes: document.bytes)
    if let contents = document.root["contents"] {
      let contents = contents.googleList
      passage.removeForeignSeals(of: contents)
      if target.traits.gemini.wantsSignatures {
        passage.markUnsignedCalls(of: contents)
      }
    }
    return PassedRequest(body: passage.body(), hidesUsage: false, losses: passage.losses)
  }

  private init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  private mutating func removeForeignSeals(of contents: [JSONValue]) {
    var places: [(range: Range<Int>, isRemoved: Bool)] = []
    for content in contents {
      places.append((content.range, isRemoved: removeForeignSeals(ofContent: content)))
    }
    if places.contains(where: \.isRemoved) { cut(places) }
  }

  /// True when nothing else is in the content, which then has to go as a whole.
  private mutating func removeForeignSeals(ofContent content: JSONValue) -> Bool {
    guard let parts = content["parts"] else { return false }
    var places: [(range: Range<Int>, isRemoved: Bool)] = []
    for part in parts.googleList {
      guard let token = Self.foreignToken(of: part) else {
        places.append((part.range, false))
        continue
      }
      losses.record("thinking_signatures")
      let isEmpty = Self.isEmptyThought(part)
      places.append((part.range, isEmpty))
      if isEmpty {
        losses.record("thinking_blocks")
      } else {
        replace(token, of: part)
      }
    }
    guard places.contains(where: \.isRemoved) else { return false }
    if places.allSatisfy(\.isRemoved) { return true }
    cut(places)
    return false
  }

  /// The member that carries another vendor's seal.
  private static func foreignToken(of part: JSONValue) -> JSONValue? {
    guard let value = part.google("thoughtSignature", "thought_signature"),
      let text = value.text, Seal(token: GeminiSeal.plain(text)) != nil
    else { return nil }
    return value
  }

  private static func isEmptyThought(_ part: JSONValue) -> Bool {
    part.members(besides: GeminiPartReader.textMembers).isEmpty
      && (part["text"]?.text ?? .empty).isEmpty
  }

  private mutating func replace(_ token: JSONValue, of part: JSONValue) {
    if let text = token.text, let seal = Seal(token: GeminiSeal.plain(text)), seal.mint == .gemini {
      splices.append(
        Splice(range: token.range, bytes: [UInt8](#"""#.utf8) + seal.value.bytes + #"""#.utf8))
      return
    }
    var members: [(range: Range<Int>, isRemoved: Bool)] = []
    for (name, value) in part.members {
      // A name with escapes was copied and has no place; it stands before its value all the same.
      let start =
        members.last.map { after(comma: $0.range.upperBound) } ?? part.range.lowerBound + 1
      _ = name
      members.append((start..<value.range.upperBound, value.index == token.index))
    }
    cut(members)
  }

  /// The place behind the next comma.
  private func after(comma start: Int) -> Int {
    var at = start
    while at < bytes.endIndex, bytes[at] != UInt8(ascii: ",") { at += 1 }
    return min(at + 1, bytes.endIndex)
  }

  /// In the current turn the first call of every answer needs a signature.
  private mutating func markUnsignedCalls(of contents: [JSONValue]) {
    func has(_ content: JSONValue, _ camel: StaticString, _ snake: StaticString) -> Bool {
      content["parts"]?.googleList.contains { $0.google(camel, snake) != nil } ?? false
    }
    func isModel(_ content: JSONValue) -> Bool { content["role"]?.text?.equals("model") == true }
    let start =
      contents.lastIndex {
        !isModel($0) && !has($0, "functionResponse", "function_response")
      } ?? 0
    var isFirst = true
    for content in contents[start...] {
      guard isModel(content) else {
        isFirst = true
        continue
      }
      for part in content["parts"]?.googleList ?? [] where isFirst {
        guard part.google("functionCall", "function_call") != nil else { continue }
        isFirst = false
        guard
          part.google("thoughtSignature", "thought_signature") == nil
            || Self.foreignToken(of: part) != nil
        else { continue }
        let mark = #""thoughtSignature":"\#(GeminiSeal.skipMarker)","#
        let place = part.range.lowerBound + 1
        splices.append(Splice(range: place..<place, bytes: Array(mark.utf8)))
        losses.record("thought_signature_skipped")
      }
    }
  }

  /// Cuts elements out of a list, each with the comma that would be left over.
  private mutating func cut(_ elements: [(range: Range<Int>, isRemoved: Bool)]) {
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
      splices.append(Splice(range: start..<end))
    }
  }

  private func body() -> [UInt8] {
    guard !splices.isEmpty else { return Array(bytes) }
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count + 64)
    var at = bytes.startIndex
    // A mark at the beginning of a part goes before what is cut there.
    for splice in splices.sorted(by: {
      ($0.range.lowerBound, $0.range.count) < ($1.range.lowerBound, $1.range.count)
    }) {
      // A part that goes takes with it what was to be done inside of it.
      guard splice.range.lowerBound >= at else { continue }
      body.append(contentsOf: bytes[at..<splice.range.lowerBound])
      body.append(contentsOf: splice.bytes)
      at = splice.range.upperBound
    }
    body.append(contentsOf: bytes[at...])
    return body
  }
}
