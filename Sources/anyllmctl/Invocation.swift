import ControlPlane

/// A command line as it was meant: the command, its words and the meaning of its flags.
struct Invocation: Sendable {
  var command: CommandSpec
  var words: [String]
  var flags: [String: String]
  var options: Options

  func has(_ flag: String) -> Bool { flags[flag] != nil }

  /// A whole number within a range.
  func number(_ flag: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
    guard let text = flags[flag] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw CommandFailure.badValue(
        "--\(flag) is `\(PlainText.cleaned(text))`",
        hint: range.upperBound == .max
          ? "Give a whole number from \(range.lowerBound) on."
          : "Give a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// One of the words that the flag's declaration offers.
  func choice(_ flag: String) throws(CommandFailure) -> String? {
    guard let word = flags[flag] else { return nil }
    let choices = command.flags.first { $0.name == flag }?.choices ?? []
    guard choices.contains(word) else {
      throw CommandFailure.badValue(
        "--\(flag) is `\(PlainText.cleaned(word))`",
        hint: "One of: \(choices.joined(separator: ", ")).")
    }
    return word
  }

  /// The time of a flag whose value may be left out.
  func span(_ flag: String, default value: Int) throws(CommandFailure) -> Int? {
    guard let text = flags[flag] else { return nil }
    return text.isEmpty ? value : try TimeSpan.milliseconds(text, of: "--\(flag)")
  }

  /// The word at a place, refused when it looks like a whole secret: those stay out of argument
  /// lists, which everyone on the machine can read.
  func identifier(_ place: Int) throws(CommandFailure) -> String {
    let word = words[place]
    guard !word.isEmpty else {
      throw CommandFailure.usage(
        "\(command.arguments[min(place, command.arguments.count - 1)].name) is empty",
        hint: "Usage: \(HelpText.usageLine(command))")
    }
    guard !(word.hasPrefix("sk-") && word.utf8.count > 24) else {
      throw CommandFailure.usage(
        "that looks like a whole key; arguments are visible to everyone on the machine",
        hint: "A key's name, id or first eight characters are enough. To bring your own key: "
          + "`anyllmctl keys add NAME --stdin`.")
    }
    return word
  }

  /// The line to run, with more at its end, as a shell takes it.
  func line(adding extra: [String]) -> String {
    var parts = ["anyllmctl"] + command.path
    parts += words.map(Shell.quoted)
    for name in flags.keys.sorted() where name != "no-input" {
      guard let flag = CommandTable.flag(named: name, in: command) else { continue }
      let value = flags[name] ?? ""
      switch flag.value {
      case .none: parts.append("--\(name)")
      case .optional: parts.append(value.isEmpty ? "--\(name)" : "--\(name)=\(Shell.quoted(value))")
      case .required: parts += ["--\(name)", Shell.quoted(value)]
      }
    }
    return (parts + extra.map(Shell.quoted)).joined(separator: " ")
  }
}

/// Words as a POSIX shell reads them.
enum Shell {
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./:=,@%+".utf8.contains(byte)
      }
    }
    if isPlain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
