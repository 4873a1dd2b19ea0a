/// Writes the frames of a stream's events and numbers them.
struct ResponsesEventWriter {
  var sequence = 0
  /// What stands before the text of the open part's deltas, made once a part.
  private var deltaHead: [UInt8] = []
  private var deltaTail: StaticString = ""

  /// Begins an event; its members follow, each with a comma before it.
  func begin(_ type: StaticString, into out: inout [UInt8]) {
    out.append("event: ")
    out.append(type)
    out.append("\ndata: {\"type\":\"")
    out.append(type)
    out.append("\"")
  }

  /// Ends an event with its number.
  mutating func end(into out: inout [UInt8]) {
    out.append(",\"sequence_number\":")
    out.append(decimal: sequence)
    out.append("}\n\n")
    sequence += 1
  }

  /// Prepares the deltas of a part.
  mutating func prepare(
    _ type: StaticString, tail: StaticString = "", _ place: ResponsesItemPlace,
    part: StaticString? = nil, _ index: Int = 0
  ) {
    deltaHead.removeAll(keepingCapacity: true)
    begin(type, into: &deltaHead)
    place.write(into: &deltaHead)
    if let part { Self.write(part, index, into: &deltaHead) }
    deltaHead.append(",\"delta\":\"")
    deltaTail = tail
  }

  /// Writes one delta of the part.
  @inline(__always)
  mutating func delta(_ text: JSONText, into out: inout [UInt8]) {
    out.append(contentsOf: deltaHead)
    out.append(contentsOf: text.bytes)
    out.append("\"")
    out.append(deltaTail)
    end(into: &out)
  }

  /// Writes a member with a number.
  static func write(_ name: StaticString, _ number: Int, into out: inout [UInt8]) {
    out.append(",\"")
    out.append(name)
    out.append("\":")
    out.append(decimal: number)
  }
}

/// Where an item stands in the output, and what it is called.
struct ResponsesItemPlace {
  var index: Int
  var id: JSONText

  /// Writes the members that name the item.
  func write(into out: inout [UInt8]) {
    out.append(",\"item_id\":\"")
    out.append(contentsOf: id.bytes)
    out.append("\"")
    ResponsesEventWriter.write("output_index", index, into: &out)
  }
}
