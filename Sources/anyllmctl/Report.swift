import ControlPlane

/// What a command found or did, before it is dressed in a format.
struct Report {
  /// What people read on standard output.
  enum Face {
    case table(Table)
    /// Labels and values, one pair a line.
    case details([(label: String, cell: Cell)])
    case lines([String])
  }

  /// The same for programs, as JSON objects.
  enum Payload {
    case list([[UInt8]])
    case one([UInt8])
  }

  var face: Face
  var payload: Payload
  /// One identifier for each thing, in the order of the face.
  var names: [String]
  /// All that `--quiet` leaves; nil leaves nothing.
  var essential: String?
  /// Sentences for standard error: what follows from it, what to do next.
  var notes: [String] = []
  var exit = ExitCode.done
  /// True when the command wrote its output itself, as it came.
  var isPrinted = false

  /// A list of resources, one row each; `kind` is their plural, for when there are none.
  static func list<Resource: Encodable>(
    _ resources: [Resource], _ kind: String, columns: [Column], name: (Resource) -> String,
    row: (Resource) -> [Cell]
  ) -> Report {
    Report(
      face: .table(Table(columns: columns, rows: resources.map(row))),
      payload: .list(resources.map { WireJSON.encode($0) }), names: resources.map(name),
      essential: resources.isEmpty ? nil : resources.map(name).joined(separator: "\n"),
      notes: resources.isEmpty ? ["no \(kind)"] : [])
  }

  /// One resource and everything about it.
  static func details(
    _ resource: some Encodable, name: String, _ details: [(label: String, cell: Cell)]
  ) -> Report {
    Report(
      face: .details(details), payload: .one(WireJSON.encode(resource)), names: [name],
      essential: name)
  }

  /// What a change did, in a sentence.
  static func change(
    _ resource: some Encodable, name: String, _ lines: [String], notes: [String] = []
  ) -> Report {
    Report(
      face: .lines(lines), payload: .one(WireJSON.encode(resource)), names: [name],
      essential: name, notes: notes)
  }
}

/// A resource with the word whether anything changed, side by side in one object.
struct Changed<Resource: Encodable>: Encodable {
  var resource: Resource
  var changed: Bool

  private enum CodingKeys: String, CodingKey { case changed }

  func encode(to encoder: any Encoder) throws {
    try resource.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(changed, forKey: .changed)
  }
}
