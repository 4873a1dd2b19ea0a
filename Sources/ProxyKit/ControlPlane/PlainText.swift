/// Text from strangers, made safe for a terminal, and measured in cells.
package enum PlainText {
  /// The text with every control, direction and invisible character written as an escape, so that
  /// it cannot move the cursor, change colours or read in another order.
  package static func cleaned(_ text: String) -> String {
    if text.unicodeScalars.allSatisfy({ !isHostile($0) }) { return text }
    var clean = ""
    for scalar in text.unicodeScalars {
      if isHostile(scalar) {
        clean += escape(scalar)
      } else {
        clean.unicodeScalars.append(scalar)
      }
    }
    return clean
  }

  /// JSON with the same harmful characters written as its own escapes: the value stays, and the
  /// text is safe to show.
  package static func cleaned(json bytes: [UInt8]) -> [UInt8] {
    // Below 0x80 JSON has escaped everything but DEL itself.
    guard bytes.contains(where: { $0 >= 0x7F }) else { return bytes }
    var clean = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      guard isHostile(scalar) else {
        clean.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        clean += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return Array(clean.utf8)
  }

  /// How many terminal cells the text takes.
  package static func width(of text: String) -> Int {
    var width = 0
    for byte in text.utf8 where byte >= 0x80 {
      return text.reduce(0) { $0 + self.width(of: $1) }
    }
    width = text.utf8.count
    return width
  }

  /// The text cut to so many cells, its last one an ellipsis when something is missing.
  package static func fitted(_ text: String, to cells: Int) -> String {
    guard width(of: text) > cells else { return text }
    guard cells > 0 else { return "" }
    var kept = ""
    var used = 0
    for character in text {
      let next = width(of: character)
      if used + next > cells - 1 { break }
      kept.append(character)
      used += next
    }
    return kept + "…"
  }

  private static func width(of character: Character) -> Int {
    character.unicodeScalars.reduce(0) { widest, scalar in
      if widest == 2 || scalar.properties.isEmojiPresentation || isWide(scalar.value) { return 2 }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return widest
      default: return 1
      }
    }
  }

  /// East Asian wide and fullwidth blocks (UAX #11), coarse on purpose.
  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    default:
      let digits = String(scalar.value, radix: 16)
      if scalar.value > 0xFF { return "\\u{\(digits)}" }
      return digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
    }
  }
}
