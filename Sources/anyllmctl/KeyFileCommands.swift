import ControlPlane
import FoundationEssentials
import Glibc

/// What `keys import` and `keys export` do.
enum KeyFileCommands {
  /// What one request carries of a long list; the gateway takes bodies of a megabyte.
  private static let bytesPerRequest = 600_000

  static func write(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let export = try session.ask(.exportKeys) { answer in
      if case .keyExport(let export) = answer { export } else { nil }
    }
    let json = WireJSON.encode(export)
    var report = Report(
      face: .lines([String(decoding: json, as: UTF8.self)]), payload: .one(json),
      names: export.keys.isEmpty ? [""] : export.keys.map(\.name))
    report.essential = String(decoding: json, as: UTF8.self)
    report.notes = ["\(export.keys.count) keys, without their secrets"]
    return report
  }

  static func read(_ invocation: Invocation, _ session: Session) throws(CommandFailure) -> Report {
    let path = invocation.words[0]
    let bytes = path == "-" ? session.console.readAll() : try contents(of: path)
    let export = try KeyFile(now: session.now()).export(from: bytes)
    if path != "-", export.keys.contains(where: { $0.key != nil }) { try checkMode(of: path) }
    let client = try session.client()
    var whole = KeyImport()
    for part in parts(of: export) {
      let report = try session.ask(
        KeyCommands.attempt(.importKeys(part), invocation), of: client
      ) { answer in
        if case .keyImport(let report) = answer { report } else { nil }
      }
      whole.added += report.added
      whole.known += report.known
      whole.refused += report.refused
    }
    let verb = invocation.has("dry-run") ? "would be added" : "added"
    var line = "\(whole.added.count) keys \(verb)"
    if !whole.known.isEmpty { line += ", \(whole.known.count) known already" }
    if !whole.refused.isEmpty { line += ", \(whole.refused.count) refused" }
    var report = Report.change(whole, name: line, [line])
    report.names = whole.added.isEmpty ? [""] : whole.added
    report.notes = whole.refused.map { "key \($0.name) refused: \($0.reason)" }
    report.exit =
      whole.refused.isEmpty
      ? .done : whole.added.isEmpty && whole.known.isEmpty ? .invalid : .partly
    return report
  }

  private static func parts(of export: KeyExport) -> [KeyExport] {
    var parts: [KeyExport] = []
    var keys: [PortableKey] = []
    var bytes = 0
    for key in export.keys {
      let size = WireJSON.encode(key).count
      if bytes + size > bytesPerRequest, !keys.isEmpty {
        parts.append(KeyExport(installation: export.installation, keys: keys))
        (keys, bytes) = ([], 0)
      }
      keys.append(key)
      bytes += size
    }
    return parts + [KeyExport(installation: export.installation, keys: keys)]
  }

  /// The bytes of a file that somebody named.
  static func contents(of path: String) throws(CommandFailure) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw CommandFailure.badValue(
        "cannot read \(PlainText.cleaned(path)): \(reason)", hint: "Check the path and its mode.")
    }
    defer { close(file) }
    var all: [UInt8] = []
    while all.count < 64 << 20 {
      let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        unsafe count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
      }
      if piece.isEmpty { return all }
      all += piece
    }
    throw CommandFailure.badValue(
      "\(PlainText.cleaned(path)) is larger than 64 MB", hint: "Split it.")
  }

  /// A file with secrets is nobody else's to read.
  private static func checkMode(of path: String) throws(CommandFailure) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
    throw CommandFailure.badValue(
      "\(PlainText.cleaned(path)) holds secrets and others may read it",
      hint: "Run `chmod 600 \(Shell.quoted(PlainText.cleaned(path)))` first.")
  }
}
