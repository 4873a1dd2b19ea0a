internal import ControlPlane

/// Throughput and the other figures: graphs where there is room, sparklines or words where not.
enum FiguresView {
  static func draw(
    _ pane: Pane, _ model: DashboardModel, _ frame: PaneFrame, tier: Tier,
    on canvas: inout Canvas
  ) {
    switch (pane, tier) {
    case (.throughput, ..<Tier.large): drawSparkRows(model, in: frame.rect, on: &canvas)
    case (.rates, ..<Tier.small): drawFacts(model, in: frame.rect, on: &canvas)
    case (.throughput, _): drawTokens(model, frame, on: &canvas)
    case (.requestsGraph, _): drawRequests(model, frame, on: &canvas)
    case (.rates, _): drawRates(model, frame, on: &canvas)
    default: drawTotals(model, frame, on: &canvas)
    }
  }

  static func windowText(_ seconds: Int) -> String { "\(seconds / 60)m" }

  private static func drawTokens(
    _ model: DashboardModel, _ frame: PaneFrame, on canvas: inout Canvas
  ) {
    let current = NumberFormat.rate(model.figures.tokensPerSecond)
    let peak = NumberFormat.rate(model.figures.tokensPeak)
    let inner = frame.draw(
      title: "Throughput  tok/s",
      trailing: "\(current)  peak \(peak)  \(windowText(model.window))", on: &canvas)
    drawGraph(
      model.series(\.tokensPerSecond), maximum: model.scales.tokens.maximum,
      window: model.window, in: inner, role: .graph, on: &canvas)
  }

  private static func drawRequests(
    _ model: DashboardModel, _ frame: PaneFrame, on canvas: inout Canvas
  ) {
    let current = NumberFormat.rate(model.figures.requestsPerSecond)
    let peak = NumberFormat.rate(model.figures.requestsPeak)
    let inner = frame.draw(
      title: "Requests  /s", trailing: "\(current)  peak \(peak)", on: &canvas)
    drawGraph(
      model.series(\.requestsPerSecond),
      maximum: model.scales.requests.maximum, window: model.window, in: inner, role: .secondGraph,
      on: &canvas)
  }

  /// Bars over an axis of time, with the scale written beside them.
  private static func drawGraph(
    _ values: [Double], maximum: Double, window: Int, in rect: Rect, role: Role,
    on canvas: inout Canvas
  ) {
    let labelWidth = 5
    guard rect.height >= 3, rect.width > labelWidth + 8 else { return }
    let plot = Rect(
      x: rect.x + labelWidth + 1, y: rect.y, width: rect.width - labelWidth - 2,
      height: rect.height - 1)
    for y in plot.y..<plot.maxY {
      canvas.line(canvas.glyphs.vertical, plot.x - 1, y, count: 1, role: .dim)
    }
    let labels = [
      (plot.y, maximum), (plot.y + plot.height / 2, maximum / 2), (plot.maxY - 1, 0),
    ]
    for (y, value) in labels {
      let text = value == 0 ? "0" : scaleText(value)
      canvas.put(text, rect.x, y, width: labelWidth - 1, role: .dim, align: .right)
    }
    canvas.line(canvas.glyphs.axisCorner, plot.x - 1, plot.maxY, count: 1, role: .dim)
    canvas.line(canvas.glyphs.horizontal, plot.x, plot.maxY, count: plot.width, role: .dim)
    canvas.put("-\(windowText(window))", plot.x, plot.maxY, role: .dim)
    canvas.put("now", plot.x, plot.maxY, width: plot.width, role: .dim, align: .right)
    canvas.bars(
      Graph.buckets(values, window: window, width: plot.width), maximum: maximum, in: plot,
      role: role)
  }

  private static func scaleText(_ value: Double) -> String {
    value == value.rounded() && value < 1000 ? "\(Int(value))" : NumberFormat.rate(value)
  }

  /// One row a figure: name, line, number.
  private static func drawRates(
    _ model: DashboardModel, _ frame: PaneFrame, on canvas: inout Canvas
  ) {
    let inner = frame.draw(
      title: "Rates and errors", trailing: windowText(model.window), on: &canvas)
    guard let snapshot = model.snapshot else { return }
    let lines: [(String, [Double], String, Role)] = [
      (
        "tok/s", model.series(\.tokensPerSecond), NumberFormat.rate(model.figures.tokensPerSecond),
        .graph
      ),
      (
        "req/s", model.series(\.requestsPerSecond),
        NumberFormat.rate(model.figures.requestsPerSecond),
        .secondGraph
      ),
      (
        "err/s", model.series(\.failuresPerSecond),
        NumberFormat.percent(model.figures.errorPercent) + "%",
        model.figures.errorPercent >= 5 ? .bad : .graph
      ),
    ]
    var y = inner.y
    for (name, values, number, role) in lines where y < inner.maxY {
      canvas.put(name, inner.x + 1, y, role: .text)
      let width = max(0, inner.width - 17)
      canvas.sparkline(
        Graph.buckets(values, window: model.window, width: width), inner.x + 8, y, width: width,
        style: Style(role: role))
      canvas.put(number, inner.x, y, width: inner.width - 1, role: .title, align: .right)
      y += 1
    }
    for (name, value) in rateFacts(snapshot) where y < inner.maxY {
      canvas.put(name, inner.x + 1, y, role: .dim)
      canvas.put(value, inner.x + 8, y, width: inner.width - 9, role: .text)
      y += 1
    }
  }

  private static func rateFacts(_ snapshot: LiveSnapshot) -> [(String, String)] {
    let totals = snapshot.totals
    let medians = snapshot.backends.compactMap(\.firstTokenMedianMs)
    let slowest = snapshot.backends.compactMap(\.firstTokenP95Ms).max()
    let best = NumberFormat.latency(milliseconds: medians.min())
    return [
      ("ttft", "best median \(best), worst p95 \(NumberFormat.latency(milliseconds: slowest))"),
      (
        "total",
        "\(NumberFormat.count(totals.requests)) requests, \(NumberFormat.count(totals.failures)) failed"
      ),
      (
        "tokens",
        "\(NumberFormat.count(totals.inputTokens)) in, \(NumberFormat.count(totals.outputTokens)) out"
          + ", \(NumberFormat.dollars(micro: totals.costMicroDollars))"
      ),
      ("losses", lossText(totals)),
    ]
  }

  static func lossText(_ totals: Totals) -> String {
    guard !totals.losses.isEmpty else { return "none" }
    return totals.losses.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(NumberFormat.count($0.value))" }.joined(separator: ", ")
  }

  private static func drawTotals(
    _ model: DashboardModel, _ frame: PaneFrame, on canvas: inout Canvas
  ) {
    let inner = frame.draw(title: "Totals since start", on: &canvas)
    guard let totals = model.snapshot?.totals else { return }
    var lines = [
      ("requests", NumberFormat.count(totals.requests)),
      ("failures", NumberFormat.count(totals.failures)),
      ("tokens in", NumberFormat.count(totals.inputTokens)),
      ("tokens out", NumberFormat.count(totals.outputTokens)),
      ("cache read", NumberFormat.count(totals.cacheReadTokens)),
      ("spend", NumberFormat.dollars(micro: totals.costMicroDollars)),
      ("dropped", NumberFormat.count(totals.droppedRecords)),
    ]
    let losses = totals.losses.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    lines += losses.map { ("lost \($0.key)", NumberFormat.count($0.value)) }
    let half = (inner.width - 4) / 2
    for (index, line) in lines.prefix(max(0, inner.height * 2)).enumerated() {
      let x = inner.x + 1 + (index < inner.height ? 0 : half + 2)
      let y = inner.y + index % max(1, inner.height)
      canvas.put(line.0, x, y, width: half - 8, role: .dim)
      canvas.put(line.1, x, y, width: half, role: .text, align: .right)
    }
  }

  /// Two rows at most, each with two lines: what the graphs show where they have no room.
  private static func drawSparkRows(
    _ model: DashboardModel, in rect: Rect, on canvas: inout Canvas
  ) {
    let peak = canvas.glyphs.peak
    let half = rect.height > 1 ? rect.width / 2 : rect.width
    draw(
      "tok/s", model.series(\.tokensPerSecond),
      NumberFormat.rate(model.figures.tokensPerSecond) + " \(peak)"
        + NumberFormat.rate(model.figures.tokensPeak), model.window,
      Rect(x: rect.x, y: rect.y, width: half, height: 1), .graph, on: &canvas)
    guard rect.height > 1 else { return }
    draw(
      "req/s", model.series(\.requestsPerSecond),
      NumberFormat.rate(model.figures.requestsPerSecond) + " \(peak)"
        + NumberFormat.rate(model.figures.requestsPeak), model.window,
      Rect(x: rect.x + half, y: rect.y, width: rect.width - half, height: 1), .secondGraph,
      on: &canvas)
    draw(
      "err/s", model.series(\.failuresPerSecond),
      NumberFormat.percent(model.figures.errorPercent) + "%", model.window,
      Rect(x: rect.x, y: rect.y + 1, width: half, height: 1), .bad, on: &canvas)
    let totals = model.snapshot?.totals ?? Totals()
    let words =
      "in \(NumberFormat.count(totals.inputTokens))  out \(NumberFormat.count(totals.outputTokens))"
      + "  \(NumberFormat.dollars(micro: totals.costMicroDollars))"
      + "  reqs \(NumberFormat.count(totals.requests))"
    canvas.put(
      words, rect.x + half + 1, rect.y + 1, width: rect.width - half - 2, role: .dim)
  }

  private static func draw(
    _ name: String, _ values: [Double], _ number: String, _ window: Int, _ rect: Rect,
    _ role: Role, on canvas: inout Canvas
  ) {
    canvas.put(name, rect.x + 1, rect.y, role: .text)
    let width = max(0, rect.width - 19)
    canvas.sparkline(
      Graph.buckets(values, window: window, width: width), rect.x + 7, rect.y, width: width,
      style: Style(role: role))
    canvas.put(number, rect.x, rect.y, width: rect.width - 1, role: .title, align: .right)
  }

  /// Three lines of words for a very small terminal.
  private static func drawFacts(
    _ model: DashboardModel, in rect: Rect, on canvas: inout Canvas
  ) {
    let figures = model.figures
    let spent = NumberFormat.dollars(micro: model.snapshot?.totals.costMicroDollars)
    let backends = model.snapshot?.backends ?? []
    let down = backends.filter { $0.health == .down }.map(\.name)
    let degraded = backends.filter { $0.health == .degraded }.map(\.name)
    var health: [String] = []
    if !down.isEmpty { health.append("down: " + down.joined(separator: ", ")) }
    if !degraded.isEmpty { health.append("degraded: " + degraded.joined(separator: ", ")) }
    let lines = [
      "streams \(model.liveStreams)   req/s \(NumberFormat.rate(figures.requestsPerSecond))"
        + "   tok/s \(NumberFormat.rate(figures.tokensPerSecond))",
      "err \(NumberFormat.percent(figures.errorPercent))%"
        + "   failed \(figures.recentFailures) in 15m   \(spent)",
      health.isEmpty ? "backends \(backends.count) up" : health.joined(separator: "  "),
    ]
    for (offset, line) in lines.prefix(rect.height).enumerated() {
      let isHealth = offset == 2 && !health.isEmpty
      canvas.put(
        line, rect.x, rect.y + offset, width: rect.width, role: isHealth ? .warn : .text)
    }
  }
}
