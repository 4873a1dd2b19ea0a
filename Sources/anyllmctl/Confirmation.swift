import ControlPlane

/// Questions before what cannot be undone.
struct Confirmation {
  var invocation: Invocation
  var console: Console

  /// A yes or no; `-y` answers it.
  func mild(_ question: String) throws(CommandFailure) {
    if invocation.options.saysYes { return }
    guard invocation.options.mayAsk else {
      throw CommandFailure.usage(
        "this needs a yes: \(question)", hint: "Run `\(invocation.line(adding: ["-y"]))`.")
    }
    console.prompt("\(PlainText.cleaned(question)) [y/N] ")
    let answer = console.readAnswer(false)?.lowercased()
    guard answer == "y" || answer == "yes" else { throw Self.declined }
  }

  /// The name, typed out; `--confirm NAME` answers it.
  func severe(_ consequence: String, name: String) throws(CommandFailure) {
    if let given = invocation.options.confirmation {
      guard given == name else {
        throw CommandFailure.usage(
          "--confirm says `\(PlainText.cleaned(given))`, this is about "
            + "`\(PlainText.cleaned(name))`",
          hint: "Nothing was done. Check what you meant, then repeat it with the right name.")
      }
      return
    }
    guard invocation.options.mayAsk else {
      throw CommandFailure.usage(
        "this needs a confirmation: \(consequence)",
        hint: "Run `\(invocation.line(adding: ["--confirm", name]))`.")
    }
    console.error(PlainText.cleaned(consequence))
    console.prompt("Type \(PlainText.cleaned(name)) to go on: ")
    guard console.readAnswer(false) == name else { throw Self.declined }
  }

  private static var declined: CommandFailure {
    CommandFailure(
      .usage, code: "not_confirmed", "not confirmed; nothing was done",
      hint: "Answer the question as it asks.")
  }
}
