import FoundationEssentials
import Testing

@testable import ControlPlane

extension BodyValue {
  fileprivate subscript(name: String) -> BodyValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The value at the end of a way.
  fileprivate func at(_ names: String...) -> BodyValue? {
    names.reduce(self) { value, name in value?[name] }
  }

  fileprivate var members: [String: BodyValue] {
    guard case .object(let members) = self else { return [:] }
    return members
  }

  fileprivate var items: [BodyValue] {
    guard case .list(let items) = self else { return [] }
    return items
  }

  fileprivate var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// Every reference in it.
  fileprivate var references: [String] {
    let own = self["$ref"]?.text.map { [$0] } ?? []
    return own + members.values.flatMap(\.references) + items.flatMap(\.references)
  }
}

@Suite struct `The description of the control plane` {
  private let document: BodyValue

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let bytes = try Data(contentsOf: root.appending(path: "docs/openapi.json"))
    document = try JSONDecoder().decode(BodyValue.self, from: bytes)
  }

  /// Path templates and what they describe.
  private var paths: [String: BodyValue] { document["paths"]?.members ?? [:] }

  /// A path of that form.
  private func sample(_ template: String) -> String {
    let segments = template.split(separator: "/").map { $0.hasPrefix("{") ? "sample" : $0 }
    return ControlRoutes.base + "/" + segments.joined(separator: "/")
  }

  /// The template that a path of the server has.
  private func form(of path: String, _ method: String? = nil) -> String? {
    let segments = path.dropFirst(ControlRoutes.base.count).split(separator: "/")
    let fitting = paths.keys.filter { template in
      let parts = template.split(separator: "/")
      return parts.count == segments.count
        && (method.map { paths[template]?[$0.lowercased()] != nil } ?? true)
        && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    return fitting.min { first, second in
      first.count { $0 == "{" } < second.count { $0 == "{" }
    }
  }

  private func resolved(_ value: BodyValue?) -> BodyValue? {
    guard let reference = value?["$ref"]?.text else { return value }
    return reference.split(separator: "/").dropFirst().reduce(document) { value, name in
      value?[String(name)]
    }
  }

  @Test func `has no path and no method that the server does not have`() throws {
    #expect(paths.count > 30)
    for (template, methods) in paths {
      let endpoint = try #require(try ControlEndpoint(path: sample(template)), "\(template)")
      for (method, operation) in methods.members {
        let name = method.uppercased()
        #expect(endpoint.methods.contains(name), "\(name) \(template)")
        let query = (operation["parameters"]?.items ?? []).filter { $0["in"] == .text("query") }
        #expect(
          Set(query.compactMap { $0["name"]?.text }) == Set(endpoint.parameters(name)),
          "\(name) \(template)")
      }
    }
  }

  @Test func `has every path and every method that the server has`() throws {
    for path in ControlEndpoint.paths {
      let template = try #require(form(of: path), "\(path)")
      #expect(!template.contains("{"), "\(path)")
    }
    for template in paths.keys where template.contains("{") {
      let endpoint = try #require(try ControlEndpoint(path: sample(template)))
      let described = paths[template]?.members.keys.map { $0.uppercased() } ?? []
      #expect(described.sorted() == endpoint.methods.sorted(), "\(template)")
    }
  }

  @Test(arguments: Specimens.commands + Specimens.routing)
  func `has every command`(command: ControlCommand) throws {
    let message = ControlRoutes.message(for: command)
    let template = try #require(form(of: message.path, message.method), "\(message.path)")
    let operation = paths[template]?[message.method.lowercased()]
    #expect(operation != nil, "\(message.method) \(template)")
    let body = try BodyFields.value(message.body, known: [])
    let schema = resolved(
      operation?.at("requestBody", "content", "application/json", "schema"))
    for member in body.members.keys {
      #expect(schema?["properties"]?[member] != nil, "\(member) of \(message.method) \(template)")
    }
  }

  @Test(arguments: Specimens.answers.indices)
  func `promises no member that an answer does not have`(place: Int) throws {
    let (command, answer) = Specimens.answers[place]
    try check(ControlRoutes.message(for: command), ControlRoutes.render(answer))
  }

  @Test(arguments: Specimens.routingAnswers.indices)
  func `promises no member that an answer about routing does not have`(place: Int) throws {
    let (command, answer) = Specimens.routingAnswers[place]
    let request = ControlCommand.routing(command, isTrial: false)
    try check(ControlRoutes.message(for: request), ControlRoutes.render(.routing(answer)))
  }

  private func check(_ message: ControlMessage, _ reply: ControlReply) throws {
    let path = try #require(form(of: message.path, message.method))
    let operation = paths[path]?[message.method.lowercased()]
    let schema = operation?.at(
      "responses", "\(reply.status)", "content", "application/json", "schema")
    #expect(schema != nil, "\(reply.status) of \(message.method) \(path)")
    let body = try BodyFields.value(reply.body, known: [])
    var shapes = [resolved(schema)]
    if let options = resolved(schema)?["oneOf"]?.items { shapes = options.map { resolved($0) } }
    let isGood = shapes.contains { shape in
      guard let items = shape?["items"] else { return has(body, shape) }
      guard case .list(let elements) = body else { return false }
      return elements.allSatisfy { has($0, resolved(items)) }
    }
    #expect(isGood, "\(message.method) \(path)")
  }

  private func has(_ body: BodyValue, _ shape: BodyValue?) -> Bool {
    guard case .object(let members) = body else { return false }
    let required = shape?["required"]?.items.compactMap(\.text) ?? []
    return required.allSatisfy { members[$0] != nil && shape?.at("properties", $0) != nil }
  }

  @Test func `refers to nothing that is not there`() {
    let references = Set(document.references)
    #expect(references.count > 20)
    for reference in references {
      #expect(resolved(.object(["$ref": .text(reference)])) != nil, "\(reference)")
    }
    let names = document.at("components", "schemas")?.members.keys.map(\.self) ?? []
    for name in names {
      #expect(references.contains("#/components/schemas/\(name)"), "\(name) is not used")
    }
  }
}
