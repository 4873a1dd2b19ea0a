import Dialects

/// What is measured, and compared with tiktoken by `Benchmarks/bench/tokens.py`.
enum TokenWork {
  /// Reads one JSON string a line and writes its tokens, a line each.
  static func printTokens() {
    while let line = readLine() {
      guard let document = try? JSONDocument(Array(line.utf8)), let text = document.root.text else {
        preconditionFailure("each line is one JSON string")
      }
      let tokens = TokenCounter.tokens(text.unescaped[...])
      precondition(tokens.count == TokenCounter.count(text))
      print(tokens.map(String.init).joined(separator: " "))
    }
  }

  /// Reads one JSON string and prints how many tokens it has and what counting them takes.
  static func printTime() {
    guard let line = readLine(), let document = try? JSONDocument(Array(line.utf8)),
      let text = document.root.text
    else { preconditionFailure("one JSON string is wanted") }
    let plain = text.unescaped[...]
    let time = nanoseconds(rounds: max(1, 2_000_000 / (plain.count + 1))) { rounds in
      for _ in 0..<rounds { precondition(TokenCounter.count(plain) > 0) }
    }
    print(TokenCounter.count(plain), Int(time))
  }

  /// A hundred kilobytes of prose, code, JSON, other scripts, digits and emoji.
  static let mixed: JSONText = {
    let pieces = [
      "The gateway reads the request, decides where it goes, and relays what comes back. ",
      "func encode(_ events: [ReplyEvent], into out: inout [UInt8]) {\n    guard !events.isEmpty ",
      "else { return }\n    out.append(contentsOf: prefix)\n}\n\n",
      #"{"id":"call_8f3a","type":"function","arguments":{"path":"src/main.rs","limit":1200}}"#,
      " Сервер отвечает не сразу. 服务器没有立即回答。 サーバーはすぐには応答しません。 ",
      "Ça n'était qu'une répétition; we'll see, they'd said it's 3.14159 or 2026-11-21. 🙂🚀\n",
      "uncharacteristically antidisestablishmentarian xkjqzv 0x7fff5fbff8a0 aGVsbG8gd29ybGQ=\n",
    ]
    let round = pieces.joined()
    return JSONText(String(repeating: round, count: 102_400 / round.utf8.count + 1))
  }()
}
