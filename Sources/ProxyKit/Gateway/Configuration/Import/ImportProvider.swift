/// A backend that is put together from members of another proxy's file.
struct ImportProvider {
  let preset: ProviderPreset
  private(set) var members: [WrittenMember] = []
  private(set) var headers: [WrittenMember] = []

  init(_ preset: ProviderPreset) {
    self.preset = preset
  }

  func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// Takes a value that needs no second thought.
  mutating func set(_ key: String, _ text: ImportText?) {
    guard let text, !text.value.isEmpty else { return }
    members.append(WrittenMember(key, text.written))
  }

  mutating func set(_ key: String, written text: String) {
    if !has(key) { members.append(WrittenMember(key, text)) }
  }

  mutating func setHeader(_ name: String, _ text: String) {
    headers.append(WrittenMember(name, text))
  }

  /// Takes a credential and says so when it stands in the file itself.
  mutating func setSecret(
    _ key: String, _ text: ImportText?, path: String, _ notes: inout ImportNotes
  ) {
    guard let text, !text.value.isEmpty else { return }
    set(key, text)
    notes.tellSecret(text, path: path)
  }

  /// Takes a member that only some kinds of places have.
  mutating func setCloud(
    _ key: String, _ text: ImportText?, path: String, isSecret: Bool = false,
    _ notes: inout ImportNotes
  ) {
    guard let text, !text.value.isEmpty else { return }
    guard CloudMembers.keys(of: preset.kind).contains(key) else {
      notes.lost(path, at: text.mark, remedy: "it says nothing to \(preset.id)")
      return
    }
    set(key, text)
    if isSecret { notes.tellSecret(text, path: path) }
  }

  /// Seconds as a duration.
  mutating func setTime(
    _ key: String, _ text: ImportText?, path: String, _ notes: inout ImportNotes
  ) {
    guard let text else { return }
    guard let seconds = text.seconds else {
      notes.lost("\(path) \"\(text.value)\"", at: text.mark, remedy: "write it as \(key): 30s")
      return
    }
    members.append(WrittenMember(key, seconds))
  }

  mutating func setCount(
    _ key: String, _ text: ImportText?, in range: ClosedRange<Int>, path: String,
    _ notes: inout ImportNotes
  ) {
    guard let text, let number = notes.count(text, in: range, path: path) else { return }
    members.append(WrittenMember(key, .number(number)))
  }

  /// The backend, when it is known where it is.
  var backend: ImportBackend? {
    let isSomewhere = preset.baseURL != nil || has("base_url") || preset.kind.isCloud
    guard isSomewhere else { return nil }
    var members = members
    if !headers.isEmpty { members.append(WrittenMember("headers", .members(headers))) }
    return ImportBackend(kind: preset.id, members: members)
  }
}

extension ImportNotes {
  /// A credential that stands in the file is carried, and told.
  mutating func tellSecret(_ text: ImportText, path: String) {
    guard !text.isReference else { return }
    changed(
      "\(path): a secret stands in the file, and so in what is written from it", at: text.mark,
      remedy: "put it in a variable and write env:NAME")
  }

  /// A whole number, held within what is possible here.
  mutating func count(
    _ text: ImportText, in range: ClosedRange<Int>, path: String
  ) -> Int? {
    guard let number = Double(text.value), number.isFinite else {
      lost(
        "\(path)" + (text.isReference ? "" : " \"\(text.value)\""), at: text.mark,
        remedy: "write a whole number")
      return nil
    }
    let held = min(max(number.rounded(), Double(range.lowerBound)), Double(range.upperBound))
    if held != number {
      changed("\(path) \(text.value) becomes \(Int(held))", at: text.mark)
    }
    return Int(held)
  }
}
