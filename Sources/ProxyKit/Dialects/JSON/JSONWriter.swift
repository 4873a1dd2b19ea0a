/// Writes JSON into a growing buffer and puts the commas where they belong.
package struct JSONWriter {
  package var bytes: [UInt8] = []
  private var needsComma = false

  package init(reserving capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  package mutating func object(_ content: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "{"))
    content(&self)
    close(UInt8(ascii: "}"))
  }

  package mutating func array(_ content: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "["))
    content(&self)
    close(UInt8(ascii: "]"))
  }

  /// Writes a member's name; its value must follow.
  package mutating func name(_ name: StaticString) {
    name.withUTF8Buffer { unsafe bytes.append(quoted: $0.span, comma: needsComma, colon: true) }
    needsComma = false
  }

  @_disfavoredOverload
  package mutating func name(_ name: JSONText) {
    bytes.append(quoted: name.bytes.span, comma: needsComma, colon: true)
    needsComma = false
  }

  package mutating func text(_ text: JSONText) {
    bytes.append(quoted: text.bytes.span, comma: needsComma)
    needsComma = true
  }

  /// Writes a string that needs no escapes.
  package mutating func word(_ word: StaticString) {
    word.withUTF8Buffer { unsafe bytes.append(quoted: $0.span, comma: needsComma) }
    needsComma = true
  }

  package mutating func string(_ string: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    JSONEscape.append(string, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func raw(_ raw: JSONRaw) {
    separate()
    bytes.append(contentsOf: raw.bytes)
  }

  package mutating func integer(_ number: Int) {
    separate()
    bytes.append(decimal: number)
  }

  package mutating func bool(_ value: Bool) {
    separate()
    if value { bytes.append("true") } else { bytes.append("false") }
  }

  package mutating func null() {
    separate()
    bytes.append("null")
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}

/// A member with its value in one call.
extension JSONWriter {
  package mutating func member(_ name: StaticString, _ value: JSONText) {
    self.name(name)
    text(value)
  }

  package mutating func member(_ name: StaticString, word: StaticString) {
    self.name(name)
    self.word(word)
  }

  package mutating func member(_ name: StaticString, _ value: String) {
    self.name(name)
    string(value)
  }

  package mutating func member(_ name: StaticString, _ value: JSONRaw) {
    self.name(name)
    raw(value)
  }

  package mutating func member(_ name: StaticString, _ value: Int) {
    self.name(name)
    integer(value)
  }

  package mutating func member(_ name: StaticString, _ value: Bool) {
    self.name(name)
    bool(value)
  }
}

extension [UInt8] {
  /// Appends a whole number in decimal digits.
  package mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var place: UInt = 1
    while rest / place >= 10 { place *= 10 }
    while place > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / place))
      rest %= place
      place /= 10
    }
  }
}
