/// Follows the references of a schema.
struct GeminiSchemaCycles {
  private static let maximumSteps = 20_000
  private static let maximumDepth = 200

  let root: JSONValue
  private var path: [JSONText] = []
  private var steps = 0
  private var depth = 0

  init(root: JSONValue) {
    self.root = root
  }

  /// The place a reference points to, when it is one of the same schema.
  static func find(_ reference: JSONText, in root: JSONValue) -> JSONValue? {
    let text = reference.string
    guard text.hasPrefix("#") else { return nil }
    var place = root
    for step in text.dropFirst().split(separator: "/") {
      let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
      if place.kind == .array {
        let elements = place.elements.map { $0 }
        guard let index = Int(name), elements.indices.contains(index) else { return nil }
        place = elements[index]
      } else {
        guard let next = place.members.first(where: { $0.name.string == name }) else { return nil }
        place = next.value
      }
    }
    return place.kind == .object ? place : nil
  }

  /// Whether a reference leads back to itself; so many steps that nobody can tell count as well.
  mutating func hasCycle() -> Bool { search(root) }

  private mutating func search(_ value: JSONValue) -> Bool {
    steps += 1
    depth += 1
    defer { depth -= 1 }
    guard steps < Self.maximumSteps, depth < Self.maximumDepth else { return true }
    switch value.kind {
    case .array:
      for element in value.elements where search(element) { return true }
    case .object:
      if let reference = value["$ref"]?.text {
        guard !path.contains(reference) else { return true }
        guard let found = Self.find(reference, in: root) else { return false }
        path.append(reference)
        defer { path.removeLast() }
        return reference.bytes.elementsEqual("#".utf8) || search(found)
      }
      for (name, member) in value.members {
        // Definitions count where something refers to them.
        if name.equals("$defs") || name.equals("definitions") { continue }
        if search(member) { return true }
      }
    default: break
    }
    return false
  }
}
