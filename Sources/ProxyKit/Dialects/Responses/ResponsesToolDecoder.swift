/// Reads tools, and gives each the one plain name that the hub knows it by.
struct ResponsesToolDecoder {
  private(set) var tools: [Tool] = []
  private(set) var forms = ToolForms()
  private var flat: [Spelling: JSONText] = [:]
  private var taken: Set<JSONText> = []
  /// Where the tools that the client runs stand, by their plain names.
  private var places: [JSONText: Int] = [:]

  private struct Spelling: Hashable {
    var namespace: JSONText
    var name: JSONText
  }

  /// A name longer than this is refused by one vendor or another.
  private static let longest = 64

  /// Reads the request's tools, and those that stand among its input.
  mutating func read(_ root: JSONValue) throws(Failure) {
    var lists: [(value: JSONValue, path: String)] = []
    if let tools = root["tools"] { lists.append((tools, "tools")) }
    if let input = root["input"] {
      for (index, item) in input.elements.enumerated()
      where item["type"]?.text?.equals("additional_tools") == true {
        if let tools = item["tools"] { lists.append((tools, "input[\(index)].tools")) }
      }
    }
    for (list, path) in lists {
      guard list.kind == .array else {
        throw .invalid("\(path) must be a list.", parameter: path)
      }
      // A plain name belongs to its own tool, wherever a namespace would like to have it.
      for tool in list.elements {
        if let name = tool["name"]?.text, !Self.isNamespace(tool) { taken.insert(name) }
      }
    }
    for (list, path) in lists {
      for (index, tool) in list.elements.enumerated() {
        try read(tool, in: nil, "\(path)[\(index)]")
      }
    }
  }

  /// The plain name of a tool that the client calls so.
  mutating func name(_ name: JSONText, in namespace: JSONText?) -> JSONText {
    guard let namespace, !namespace.isEmpty else { return name }
    let spelling = Spelling(namespace: namespace, name: name)
    if let known = flat[spelling] { return known }
    var plain = namespace + "__" + name
    var attempt = 0
    while plain.bytes.count > Self.longest || !taken.insert(plain).inserted {
      plain = Self.shortened(spelling, attempt)
      attempt += 1
    }
    flat[spelling] = plain
    forms[plain] = ToolForms.Form(namespace: namespace, name: name)
    return plain
  }

  /// Notes that the client calls the tool with free text.
  mutating func noteFreeform(_ plain: JSONText, named name: JSONText) {
    var form = forms[plain] ?? ToolForms.Form(name: name)
    form.isFreeform = true
    forms[plain] = form
  }

  private static func shortened(_ spelling: Spelling, _ attempt: Int) -> JSONText {
    var seed = Fingerprint()
    seed.take(spelling.namespace)
    seed.take(spelling.name)
    seed.take(attempt)
    let whole = (spelling.namespace + "__" + spelling.name).string
    var kept = ""
    for letter in whole where kept.utf8.count + String(letter).utf8.count <= longest - 13 {
      kept.append(letter)
    }
    return JSONText(kept + "_" + seed.hexadecimal.suffix(12))
  }

  private static func isNamespace(_ tool: JSONValue) -> Bool {
    tool["type"]?.text?.equals("namespace") == true
  }

  private mutating func read(
    _ value: JSONValue, in namespace: Namespace?, _ path: @autoclosure () -> String
  ) throws(Failure) {
    guard value.kind == .object, let type = value["type"]?.text else {
      throw .invalid("\(path()) must be an object with a type.", parameter: path())
    }
    if type.equals("function") { return try readFunction(value, in: namespace, path()) }
    switch type.string {
    case "custom": try readCustom(value, in: namespace, path())
    case "namespace" where namespace == nil:
      let inner = Namespace(
        name: try Self.name(of: value, path()), description: value["description"]?.raw)
      guard let members = value["tools"], members.kind == .array else {
        throw .invalid("\(path()).tools must be a list.", parameter: "\(path()).tools")
      }
      for (index, tool) in members.elements.enumerated() {
        try read(tool, in: inner, "\(path()).tools[\(index)]")
      }
    default:
      let kind = Tool.Kind.vendor(type: type, purpose: Self.purpose(of: type), value.raw)
      tools.append(Tool(name: type, kind: kind))
    }
  }

  private struct Namespace {
    var name: JSONText
    var description: JSONRaw?
  }

  private mutating func readFunction(
    _ value: JSONValue, in namespace: Namespace?, _ path: @autoclosure () -> String
  ) throws(Failure) {
    let own = try Self.name(of: value, path())
    let parameters = value["parameters"]
    if let parameters, parameters.kind != .object {
      throw .invalid(
        "\(path()).parameters must be an object.", parameter: "\(path()).parameters")
    }
    let kind = Tool.Kind.function(
      description: value["description"]?.text, schema: parameters?.raw,
      isStrict: value["strict"]?.bool)
    add(own, kind, value, besides: Self.knownInFunction, in: namespace)
  }

  private static let knownInFunction: [StaticString] = [
    "type", "name", "description", "parameters", "strict",
  ]

  private mutating func readCustom(
    _ value: JSONValue, in namespace: Namespace?, _ path: @autoclosure () -> String
  ) throws(Failure) {
    let own = try Self.name(of: value, path())
    var format = value["format"]
    if format?["type"]?.text?.equals("text") == true { format = nil }
    let kind = Tool.Kind.freeform(
      description: value["description"]?.text, format: format?.raw)
    let plain = add(
      own, kind, value, besides: ["type", "name", "description", "format"], in: namespace)
    noteFreeform(plain, named: own)
  }

  /// A tool that is told a second time takes the place of the first.
  @discardableResult
  private mutating func add(
    _ own: JSONText, _ kind: Tool.Kind, _ value: JSONValue, besides known: [StaticString],
    in namespace: Namespace?
  ) -> JSONText {
    let plain = name(own, in: namespace?.name)
    var extras: [Extra] = []
    for (name, member) in value.members(besides: known) where !member.isNull {
      extras.append(Extra(name, member.raw))
    }
    if let said = namespace?.description { extras.append(Extra("namespace_description", said)) }
    let tool = Tool(name: plain, kind: kind, extras: extras)
    if let place = places[plain] {
      tools[place] = tool
    } else {
      places[plain] = tools.count
      tools.append(tool)
    }
    return plain
  }

  private static func name(
    of value: JSONValue, _ path: @autoclosure () -> String
  ) throws(Failure) -> JSONText {
    guard let name = value["name"]?.text, !name.isEmpty else {
      throw .invalid(
        "\(path()).name must be a string that is not empty.", parameter: "\(path()).name")
    }
    return name
  }

  private static func purpose(of type: JSONText) -> ServerTool? {
    let word = type.string
    if word.hasPrefix("web_search") { return .webSearch }
    if word.hasPrefix("file_search") { return .fileSearch }
    if word.hasPrefix("code_interpreter") { return .codeExecution }
    return nil
  }
}
