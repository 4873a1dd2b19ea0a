// Measures what the codecs cost: run it with `swift run -c release codec-bench`.
import Dialects
import Glibc

switch CommandLine.arguments.dropFirst().first {
case "--tokens":
  TokenWork.printTokens()
  exit(0)
case "--token-time":
  TokenWork.printTime()
  exit(0)
default: break
}

/// Whether the words on the command line ask for these figures; without any all are measured.
func isWanted(_ name: String) -> Bool {
  let wanted = CommandLine.arguments.dropFirst()
  return wanted.isEmpty || wanted.contains { name.contains($0) }
}

func row(_ name: String, _ unit: String, _ measure: () throws -> Double) rethrows {
  guard isWanted(name) else { return }
  let number = String(Int(try measure().rounded()))
  print(
    name + String(repeating: " ", count: 44 - name.count)
      + String(repeating: " ", count: 7 - number.count) + number + " " + unit)
}

/// A line for each source and a column for each client language.
func matrix<Source>(
  _ title: String, _ sources: [Source], _ name: (Source) -> String,
  _ measure: (Source, Dialect) throws -> Double
) rethrows {
  guard isWanted(title) else { return }
  print("\n" + title)
  func line(_ head: String, _ cells: [String]) {
    let padded = cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }
    print(head + String(repeating: " ", count: max(1, 14 - head.count)) + padded.joined())
  }
  line("from \\ to", Dialect.allCases.map(\.rawValue))
  for source in sources {
    line(name(source), try Dialect.allCases.map { String(Int(try measure(source, $0).rounded())) })
  }
}

for kind in StreamWorkload.Kind.allCases {
  matrix(
    "\(StreamWorkload.size)-byte chunk of \(kind.rawValue), ns", StreamWorkload.Source.allCases,
    \.rawValue
  ) { StreamWork.translate($0, kind, to: $1) }
}
if isWanted(StreamWorkload.Kind.arguments.rawValue) {
  print("(a chunk of Gemini's is a whole call: its beginning, its arguments and its end)")
}
row("chat meter, chunks of no fixed shape", "ns") { StreamWork.readPadded() }
row("chat meter hiding usage", "ns") { StreamWork.hideUsage() }
try matrix("\(Workload.request.count / 1024) KB request, us", Dialect.allCases, \.rawValue) {
  try RequestWork.translate($0, to: $1) / 1000
}
row("tokens of 100 KB of mixed text, escaped", "us") {
  nanoseconds(rounds: 50) { rounds in
    for _ in 0..<rounds { precondition(TokenCounter.count(TokenWork.mixed) > 0) }
  } / 1000
}
try row("tokens of a \(Workload.request.count / 1024) KB request", "us") {
  let conversation = try Dialect.anthropic.codec.decodeRequest(JSONDocument(Workload.request))
  let family = TokenFamily(model: "claude-sonnet-4-5")
  return nanoseconds(rounds: 50) { rounds in
    for _ in 0..<rounds { precondition(RequestTokens.count(conversation, for: family) > 0) }
  } / 1000
}
