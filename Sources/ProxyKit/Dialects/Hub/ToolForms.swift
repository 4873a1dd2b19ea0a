/// How a client spells the tools that the hub knows by one plain name.
///
/// A language with namespaces or free-text tools flattens them when it reads the request, and spells
/// them its own way again when the reply calls them.
package struct ToolForms: Sendable {
  /// A client's own spelling.
  package struct Form: Sendable, Equatable {
    package var namespace: JSONText?
    package var name: JSONText
    /// The tool takes free text: the hub's `{"input": "…"}` is unwrapped again.
    package var isFreeform: Bool

    package init(namespace: JSONText? = nil, name: JSONText, isFreeform: Bool = false) {
      self.namespace = namespace
      self.name = name
      self.isFreeform = isFreeform
    }
  }

  private var forms: [JSONText: Form] = [:]

  package init() {}

  package var isEmpty: Bool { forms.isEmpty }

  /// The client's spelling of a tool that the hub calls `name`, where it differs.
  package subscript(name: JSONText) -> Form? {
    get { forms[name] }
    set { forms[name] = newValue }
  }
}
