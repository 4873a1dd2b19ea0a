/// A tool call in the making.
struct ChatCall {
  var key: Int?
  var id: JSONText?
  var name: JSONText?
  var arguments = ChatArguments()
  /// Whether the client was told of it.
  var isOpen = false
  var isOver = false

  init(key: Int?) {
    self.key = key
  }

  /// Whether the client may be told of it: an id can come late, unless there is nothing more.
  var isReady: Bool {
    name != nil && (id != nil || arguments.isComplete)
  }

  /// The first id and the first name count; some servers repeat them.
  mutating func take(_ fragment: ChatCallFragment) {
    if id == nil { id = fragment.id }
    if name == nil { name = fragment.name }
    if let more = fragment.arguments { arguments.append(more) }
  }

  /// Whether the fragment, though it has this call's index, begins another call: some servers
  /// give every call the same one.
  func isFollowed(by fragment: ChatCallFragment) -> Bool {
    guard let name, let newName = fragment.name else { return false }
    if let newID = fragment.id, let id {
      return newID != id && (arguments.isComplete || arguments.isBlank || newName != name)
    }
    return fragment.id == nil && arguments.isComplete && fragment.arguments?.isEmpty == false
  }
}
