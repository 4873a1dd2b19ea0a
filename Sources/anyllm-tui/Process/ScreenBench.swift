internal import ControlPlane
internal import Glibc

/// Measures what the screen costs: frames of a gateway with a hundred busy streams.
enum ScreenBench {
  static let size = Size(width: 200, height: 60)
  static let streams = 100

  static func run(_ flags: Flags, frames: Int) -> Int32 {
    guard let path = flags.fixturePath, let fixture = try? Fixture(path: path) else {
      Report.write("anyllm-tui: --bench-ui needs --fixture FILE")
      return 2
    }
    _ = Curses.setLocale("C.UTF-8")
    guard let pty = Curses.makeTerminal(size), drain(pty.master),
      let curses = Curses(
        Curses.Settings(
          term: "xterm-256color", input: pty.terminal, output: pty.terminal, wantsColour: true,
          wantsReports: false, capturesOutput: false))
    else {
      Report.write("anyllm-tui: no pseudo terminal can be made")
      return 1
    }
    let busy = measure(frames, curses, fixture.snapshot, isBusy: true)
    let quiet = measure(frames, curses, fixture.snapshot, isBusy: false)
    curses.close()
    print(
      "screen \(size.width)x\(size.height), \(streams) streams, \(frames) frames each\n"
        + "busy   \(busy.microseconds) us CPU/frame  \(busy.bytes) bytes/frame"
        + "  \(percent(busy.microseconds)) % of a core at 10 fps\n"
        + "quiet  \(quiet.microseconds) us CPU/frame  \(quiet.bytes) bytes/frame"
        + "  \(percent(quiet.microseconds)) % of a core at 10 fps")
    return 0
  }

  private static func percent(_ microseconds: Int64) -> String {
    // Ten frames a second: a microsecond a frame is a hundred-thousandth of a core.
    let hundredths = microseconds / 10
    return "\(hundredths / 100).\(NumberFormat.twoDigits(Int(hundredths % 100)))"
  }

  private static func measure(
    _ frames: Int, _ curses: Curses, _ base: LiveSnapshot, isBusy: Bool
  ) -> (microseconds: Int64, bytes: Int64) {
    var model = DashboardModel(
      size: size, now: Moment(monotonicMs: 0, wallMs: base.takenAtMs, utcOffset: 0))
    _ = model.update(.snapshot(snapshot(base, frame: 0)))
    curses.show(DashboardView.draw(model))
    let bytesBefore = bytesWritten()
    var used: Int64 = 0
    for frame in 1...frames {
      let next = isBusy ? snapshot(base, frame: frame) : nil
      let start = WallClock.threadMicroseconds()
      _ = model.update(
        .clock(Moment(monotonicMs: Int64(frame) * 100, wallMs: model.now.wallMs)))
      if let next { _ = model.update(.snapshot(next)) }
      curses.show(DashboardView.draw(model))
      used += WallClock.threadMicroseconds() - start
    }
    return (used / Int64(frames), (bytesWritten() - bytesBefore) / Int64(frames))
  }

  /// The fixture's streams over and over, with every number on the move.
  private static func snapshot(_ base: LiveSnapshot, frame: Int) -> LiveSnapshot {
    var snapshot = base
    snapshot.takenAtMs = base.takenAtMs + Int64(frame) * 100
    snapshot.throughput.tokensPerSecond.rotate(by: frame)
    snapshot.throughput.requestsPerSecond.rotate(by: frame)
    guard !base.streams.isEmpty else { return snapshot }
    snapshot.streams = (0..<streams).map { index in
      var stream = base.streams[index % base.streams.count]
      stream.id += "\(1000 + index)"
      stream.elapsedMs += frame * 100
      stream.outputTokens += frame * (index % 13)
      stream.tokensPerSecond = Double((index * 7 + frame * 3) % 140)
      return stream
    }
    for index in snapshot.backends.indices {
      snapshot.backends[index].tokensPerSecond = Double((frame * 11 + index) % 300)
      snapshot.backends[index].recentTokensPerSecond.rotate(by: frame)
    }
    return snapshot
  }

  /// Reads what the screen writes, as a terminal would.
  private static func drain(_ master: Int32) -> Bool {
    var thread = pthread_t()
    let context = unsafe UnsafeMutableRawPointer(bitPattern: Int(master) + 1)
    return unsafe pthread_create(
      &thread, nil,
      { context in
        let descriptor = Int32(Int(bitPattern: context) - 1)
        var bytes = [UInt8](repeating: 0, count: 65536)
        while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
        return nil
      }, context) == 0
  }

  /// Bytes that this process has written so far, as the kernel counted them.
  private static func bytesWritten() -> Int64 {
    let descriptor = unsafe open("/proc/self/io", O_RDONLY)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("wchar: ") {
      return Int64(line.dropFirst(7)) ?? 0
    }
    return 0
  }
}

extension Array {
  fileprivate mutating func rotate(by count: Int) {
    guard !isEmpty else { return }
    let start = count % self.count
    self = Array(self[start...] + self[..<start])
  }
}
