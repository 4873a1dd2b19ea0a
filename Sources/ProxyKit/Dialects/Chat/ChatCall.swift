/// A tool call in the making.
struct ChatCall {
  var key: Int?
  var id: JSONText?
  var name: JSONText?
  /// What Gemini wants back with the call.
  var seal: Seal?
  var arguments = ChatArguments()
  /// Whether the client was told of it.
  var isOpen = false
  var isOver = false
  private var isFreeText = false

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
    if seal == nil { seal = fragment.seal }
    guard let more = fragment.arguments else { return }
    guard fragment.isFreeText else { return arguments.append(more) }
    if !isFreeText { arguments.append(JSONText(#"{"input":""#)) }
    isFreeText = true
    arguments.append(JSONText(escaping: more.bytes))
  }

  /// Ends the object around free text, which does not say itself when it is over.
  mutating func endFreeText() {
    if isFreeText, !arguments.isComplete { arguments.append(JSONText(#""}"#)) }
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
