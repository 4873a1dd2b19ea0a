import Testing

@testable import Dialects

struct `A JSON Schema for Gemini` {
  private static func convert(_ schema: JSONRaw) throws -> JSONRaw {
    try #require(GeminiSchema.convert(schema, isParameters: true))
  }

  private static func raw(_ text: String) -> JSONRaw { JSONRaw(Array(text.utf8)[...]) }

  /// Schemas as MCP servers write them, and what Google may see of them.
  @Test(arguments: GeminiFixtures.names("schemas"))
  func `keeps its meaning in the subset`(name: String) throws {
    let root = try JSONDocument(GeminiFixtures.bytes("schemas", name)).root
    let schema = try #require(root["schema"])
    let subset = try #require(root["subset"])
    let converted = try Self.convert(schema.raw)
    #expect(JSONShape(try converted.parsed()) == JSONShape(subset))
    Self.check(try converted.parsed())
    #expect(!GeminiSchema.isRecursive(schema.raw))
  }

  /// Members that Google accepts in a schema.
  private static let known: Set<String> = [
    "type", "format", "title", "description", "nullable", "enum", "properties", "required",
    "items", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength",
    "minProperties", "maxProperties", "pattern", "anyOf",
  ]

  private static func check(_ value: JSONValue, depth: Int = 0) {
    #expect(value.kind == .object && depth < 60)
    for (name, member) in value.members {
      #expect(known.contains(name.string), "\(name)")
      switch name.string {
      case "properties": for (_, schema) in member.members { check(schema, depth: depth + 1) }
      case "items": check(member, depth: depth + 1)
      case "anyOf":
        #expect(value.members.map { $0 }.count == 1)
        for schema in member.elements { check(schema, depth: depth + 1) }
      default: break
      }
    }
  }

  @Test(arguments: GeminiFixtures.names("recursive-schemas"))
  func `that refers to itself comes to an end`(name: String) throws {
    let raw = JSONRaw(try GeminiFixtures.bytes("recursive-schemas", name)[...])
    #expect(GeminiSchema.isRecursive(raw))
    Self.check(try Self.convert(raw).parsed())
  }

  @Test func `that grows with every reference stays within bounds`() throws {
    var definitions = #""L0":{"type":"string"}"#
    for level in 1...30 {
      let below = ##"{"$ref":"#/$defs/L\##(level - 1)"}"##
      let three = #""a":\#(below),"b":\#(below),"c":\#(below)"#
      definitions += #","L\#(level)":{"type":"object","properties":{\#(three)}}"#
    }
    let root = ##""x":{"$ref":"#/$defs/L30"}"##
    let schema = #"{"properties":{\#(root)},"$defs":{\#(definitions)}}"#
    #expect(try Self.convert(Self.raw(schema)).bytes.count < 2 << 20)
  }

  @Test func `nested without end is cut`() throws {
    var schema = #"{"type":"string"}"#
    for _ in 0..<200 { schema = #"{"type":"object","properties":{"a":\#(schema)}}"# }
    Self.check(try Self.convert(Self.raw(schema)).parsed())
  }

  @Test(arguments: ["true", "{}", #"{"type":"object"}"#, #"{"type":"object","properties":{}}"#])
  func `without parameters is not written`(schema: String) {
    #expect(GeminiSchema.convert(Self.raw(schema), isParameters: true) == nil)
  }

  private static func random(_ depth: Int, _ numbers: inout SeededNumbers) -> String {
    func inner() -> String { random(depth + 1, &numbers) }
    switch Int.random(in: 0..<(depth > 4 ? 5 : 12), using: &numbers) {
    case 0: return #"{"type":"string","format":"email","minLength":1}"#
    case 1: return #"{"type":["integer","null"],"enum":[1,null]}"#
    case 2: return #"{"const":{"a":1}}"#
    case 3: return "true"
    case 4: return ##"{"$ref":"#/$defs/D","description":"d"}"##
    case 5: return #"{"type":"array","items":\#(inner()),"contains":\#(inner())}"#
    case 6: return #"{"type":"array","items":[\#(inner()),\#(inner())]}"#
    case 7: return #"{"anyOf":[\#(inner()),{"type":"null"},\#(inner())]}"#
    case 8: return #"{"oneOf":[\#(inner())],"type":"object","title":"t"}"#
    case 9: return #"{"allOf":[\#(inner()),\#(inner())],"not":{}}"#
    case 10: return #"{"type":["object","array","null"],"properties":{"p":\#(inner())}}"#
    default:
      let properties = #""a":\#(inner()),"b\"c":\#(inner())"#
      return #"{"type":"object","properties":{\#(properties)},"required":["a"],"if":{}}"#
    }
  }

  @Test func `of any make stays within the subset`() throws {
    var numbers = SeededNumbers(7)
    for _ in 0..<500 {
      let definition = Self.random(3, &numbers)
      let root = Self.random(0, &numbers)
      let schema = #"{"$defs":{"D":\#(definition)},"properties":{"root":\#(root)}}"#
      Self.check(try Self.convert(Self.raw(schema)).parsed())
    }
  }
}
