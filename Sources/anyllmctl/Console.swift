import Glibc

/// The program's three streams, and what is known about them.
struct Console: Sendable {
  /// Whether standard output, error and input are terminals.
  var isOutTerminal: Bool
  var isErrorTerminal: Bool
  var isInTerminal: Bool
  /// The terminal's width in cells.
  var columns: Int
  var writeOut: @Sendable ([UInt8]) -> Void
  var writeError: @Sendable ([UInt8]) -> Void
  /// Everything up to the end of standard input.
  var readAll: @Sendable () -> [UInt8]
  /// One line of standard input without its newline, echo off when hidden; nil at its end.
  var readAnswer: @Sendable (_ hidden: Bool) -> String?

  /// Writes lines to standard output, each with its newline, in one go.
  func out(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    writeOut(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  /// Writes one line to standard error.
  func error(_ line: String) {
    writeError(Array((line + "\n").utf8))
  }

  /// Writes words without a newline to standard error.
  func prompt(_ words: String) {
    writeError(Array(words.utf8))
  }
}

extension Console {
  /// The streams of this process.
  static func ofProcess(environment: [String: String]) -> Console {
    let isOutTerminal = isatty(1) == 1
    return Console(
      isOutTerminal: isOutTerminal, isErrorTerminal: isatty(2) == 1, isInTerminal: isatty(0) == 1,
      columns: width(environment), writeOut: { write($0, to: 1) },
      writeError: { write($0, to: 2) }, readAll: readToEnd, readAnswer: readLine(hidden:))
  }

  private static func width(_ environment: [String: String]) -> Int {
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return columns }
    var size = winsize()
    let isKnown = unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EINTR {
        continue
      } else {
        // The reader is gone and the signal was not delivered: end as quietly as it would.
        if errno == EPIPE { exit(141) }
        return
      }
    }
  }

  private static func readToEnd() -> [UInt8] {
    var all: [UInt8] = []
    while let piece = readPiece(65_536) { all += piece }
    return all
  }

  private static func readLine(hidden: Bool) -> String? {
    var before = termios()
    let isMuted = unsafe hidden && tcgetattr(0, &before) == 0
    if isMuted {
      var muted = before
      muted.c_lflag &= ~tcflag_t(ECHO)
      unsafe tcsetattr(0, TCSAFLUSH, &muted)
    }
    defer {
      if isMuted { unsafe tcsetattr(0, TCSAFLUSH, &before) }
    }
    var line: [UInt8] = []
    while let byte = readPiece(1)?.first {
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }

  private static func readPiece(_ size: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: size)
    var count = -1
    repeat {
      count = unsafe bytes.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, size) }
    } while count < 0 && errno == EINTR
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
