import ControlPlane

/// Finished requests as they come, across restarts of the gateway.
struct RequestTail {
  private let session: Session
  private let backlog: Int
  private let onlyErrors: Bool
  private let model: String?
  private let backend: String?
  /// The newest sequence number that was seen; live ones come before they have one.
  private var last: Int64 = 0
  /// The newest ids that were shown, because a live one comes again with its number.
  private var shown: [String] = []
  private var shownAlready: Set<String> = []
  private var isHeaderDue: Bool
  /// Connections in a row that broke before they gave anything.
  private var failedAttempts = 0

  /// Waits between attempts to come back, in milliseconds; the last one repeats.
  private static let patience = [100, 250, 500, 1000, 2000]
  private static let table = Table(columns: RequestRow.columns)
  private static let usualWidths = [8, 20, 10, 24, 10, 3, 6, 6, 5, 5, 12, 15, 9, 3, 5]

  init(_ invocation: Invocation, _ session: Session) throws(CommandFailure) {
    self.session = session
    backlog = try invocation.number("backlog", in: 0...ControlRoutes.largestLimit) ?? 20
    onlyErrors = invocation.has("errors")
    model = invocation.flags["model"]
    backend = invocation.flags["backend"]
    isHeaderDue = session.options.hasHeader && !session.options.isQuiet
  }

  /// Follows until the program is told to end; a gateway that is not there at first is a failure.
  mutating func run() throws(CommandFailure) -> Report {
    // Tells whether the gateway is there, and where its log ends now.
    let newest = try session.ask(.listRequests(limit: 1, before: nil)) { answer in
      if case .requests(let requests) = answer { requests } else { nil }
    }
    last = newest.first?.sequence ?? 0
    var isFirst = true
    repeat {
      let cause: String
      do throws(CommandFailure) {
        if isFirst {
          isFirst = false
          try follow(backlog: backlog, after: nil)
        } else {
          try follow(backlog: ControlRoutes.largestLimit, after: last)
        }
        cause = "the gateway ended the stream"
        failedAttempts = 0
      } catch {
        // Only what may pass by itself is worth another attempt.
        guard error.exit == .noGateway || error.code == "unavailable" else { throw error }
        cause = error.message
        failedAttempts += 1
      }
      if failedAttempts < 2, !session.options.isQuiet {
        session.console.error("anyllmctl: \(PlainText.cleaned(lines: cause)); coming back")
      }
    } while session.pause(Self.patience[min(failedAttempts, Self.patience.count - 1)])
    return Report(face: .lines([]), payload: .list([]), names: [], isPrinted: true)
  }

  /// Reads one connection to its end.
  private mutating func follow(backlog: Int, after: Int64?) throws(CommandFailure) {
    let client = try session.client()
    var tail = self
    defer { self = tail }
    do throws(ControlFailure) {
      try client.follow(backlog: backlog, after: after) { event in
        tail.take(event)
        return true
      }
    } catch {
      throw session.explained(error, client)
    }
  }

  private mutating func take(_ event: RequestEvent) {
    failedAttempts = 0
    switch event {
    case .heartbeat: break
    case .dropped(let count):
      session.console.error(
        "anyllmctl: \(count) requests came too fast to show; `anyllmctl requests list` has them")
    case .finished(let request):
      last = max(last, request.sequence)
      if isWanted(request), isNew(request.id) { show(request) }
    }
  }

  private mutating func isNew(_ id: String) -> Bool {
    guard shownAlready.insert(id).inserted else { return false }
    shown.append(id)
    if shown.count > 2 * ControlRoutes.largestLimit {
      shownAlready.subtract(shown.prefix(ControlRoutes.largestLimit))
      shown.removeFirst(ControlRoutes.largestLimit)
    }
    return true
  }

  private func isWanted(_ request: RequestSummary) -> Bool {
    if onlyErrors, request.errorKind == nil, request.status < 400 { return false }
    if let model, request.modelRequested != model { return false }
    if let backend, request.backend != backend { return false }
    return true
  }

  private mutating func show(_ request: RequestSummary) {
    let options = session.options
    let cells = RequestRow.cells(request, session)
    switch options.format {
    case .json, .jsonl: session.console.out([ReportPrinter.text(WireJSON.encode(request))])
    case .name: session.console.out([PlainText.cleaned(request.id)])
    case .table where options.isQuiet, .tsv where options.isQuiet:
      session.console.out([PlainText.cleaned(request.id)])
    case .tsv:
      let table = Table(columns: RequestRow.columns, rows: [cells])
      session.console.out(table.separatedLines(hasHeader: isHeaderDue))
    case .table:
      let titles = RequestRow.columns.map { Cell($0.title) }
      session.console.out((isHeaderDue ? [row(titles)] : []) + [row(cells)])
    }
    isHeaderDue = false
  }

  private func row(_ cells: [Cell]) -> String {
    let isTerminal = session.console.isOutTerminal
    return Self.table.row(
      cells, usual: Self.usualWidths, width: isTerminal ? session.console.columns : nil,
      isColoured: session.options.isColoured)
  }
}
