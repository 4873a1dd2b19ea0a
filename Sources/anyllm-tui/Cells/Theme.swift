/// How one role looks: one of the terminal's own eight colours, or its default, and attributes.
struct Paint: Equatable {
  var colour: Int?
  var isBold = false
  var isDim = false
  var isReverse = false
  var isUnderlined = false
}

/// Turns roles into paint; state is always also a word, so a theme can only help.
struct Theme: Equatable {
  private let paints: [Paint]

  subscript(role: Role) -> Paint { paints[Int(role.rawValue)] }

  private init(_ choose: (Role) -> Paint) {
    paints = Role.allCases.map(choose)
  }

  static let colours = Theme { role in
    switch role {
    case .text: Paint()
    case .dim: Paint(isDim: true)
    case .title, .header: Paint(isBold: true)
    case .focus: Paint(colour: 6, isBold: true)
    case .ok: Paint(colour: 2)
    case .warn: Paint(colour: 3)
    case .bad: Paint(colour: 1, isBold: true)
    case .info: Paint(colour: 6)
    case .key: Paint(isBold: true)
    case .graph: Paint(colour: 6)
    case .secondGraph: Paint(colour: 3)
    case .danger: Paint(colour: 5, isBold: true)
    case .status: Paint(isReverse: true)
    }
  }

  static let mono = Theme { role in
    switch role {
    case .text, .dim, .ok, .graph, .secondGraph: Paint()
    case .title, .header, .focus, .warn, .key, .danger: Paint(isBold: true)
    case .bad, .status: Paint(isReverse: true)
    case .info: Paint(isUnderlined: true)
    }
  }
}
