/// A place in a text, counted from one.
package struct YAMLMark: Sendable, Equatable {
  package var line: Int
  package var column: Int
}

/// One value of a YAML text and where it begins.
package struct YAMLNode: Sendable, Equatable {
  package var mark: YAMLMark
  package var content: Content
  /// Nodes in it when every alias is written out, itself included.
  var weight: Int
  /// Levels below it, itself included.
  var height: Int

  /// What a node holds.
  package enum Content: Sendable, Equatable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLMember])
  }

  init(mark: YAMLMark, content: Content) {
    self.mark = mark
    self.content = content
    let children: [YAMLNode]
    switch content {
    case .scalar: children = []
    case .sequence(let items): children = items
    case .mapping(let members): children = members.map(\.value)
    }
    weight = children.reduce(1) { $0 + $1.weight }
    height = 1 + (children.map(\.height).max() ?? 0)
  }
}

/// A scalar's text and whether quotes or a block indicator say that it is a string.
package struct YAMLScalar: Sendable, Equatable {
  package var text: String
  package var style: Style

  /// How it is written.
  package enum Style: Sendable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  /// Whether it says that there is no value: nothing, `~` or `null`.
  package var isNull: Bool {
    style == .plain && ["", "~", "null", "Null", "NULL"].contains(text)
  }
}

/// A key and its value.
package struct YAMLMember: Sendable, Equatable {
  package var key: String
  package var keyMark: YAMLMark
  package var value: YAMLNode
}

extension YAMLNode {
  /// The value of that key, when this is a mapping that has it.
  package subscript(key: String) -> YAMLNode? {
    members?.first { $0.key == key }?.value
  }

  package var scalar: YAMLScalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  package var items: [YAMLNode]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }

  package var members: [YAMLMember]? {
    guard case .mapping(let members) = content else { return nil }
    return members
  }

  /// What it is, for a sentence such as "expected a mapping, found a list".
  package var kindName: String {
    switch content {
    case .scalar(let scalar): scalar.isNull ? "nothing" : "a value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
