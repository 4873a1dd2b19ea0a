internal import ControlPlane

extension DashboardModel {
  /// Carries out one key press, in whatever has the keyboard.
  mutating func press(_ key: Key) -> [Effect] {
    switch key {
    case .pasteBegin:
      isPasting = true
      if prompt == nil { show("a paste is no command: dropped") }
      return []
    case .pasteEnd:
      isPasting = false
      return []
    case .focusIn, .focusOut:
      hasFocus = key == .focusIn
      return []
    default: break
    }
    if isPasting && prompt == nil { return [] }
    toast = nil
    if dialog != nil { return answerDialog(key) }
    if prompt != nil { return type(key) }
    if help != nil, scrollHelp(key) { return [] }
    guard let binding = KeyRegistry.binding(for: key) else {
      show("\(key.label(glyphs).isEmpty ? "that key" : key.label(glyphs)) does nothing; ? is help")
      return []
    }
    if binding.isChange && isReadOnly {
      show("\(binding.hint): this dashboard is read-only")
      return []
    }
    if binding.action != .interrupt { interrupts.count = 0 }
    return perform(binding.action, key)
  }

  private mutating func perform(_ action: Action, _ key: Key) -> [Effect] {
    switch action {
    case .help: help = HelpState()
    case .back: goBack()
    case .quit:
      guard detail != nil || isZoomed || help != nil else {
        return askToQuit()
      }
      goBack()
    case .interrupt: return interrupt()
    case .suspend:
      guard liveStreams > 0 else { return [.suspend] }
      open(.suspend)
    case .repaint: return [.repaint]
    case .refresh:
      lastFetchMs = .min
      return fetchIfStale(every: 0)
    case .showScreen: return showScreen(key)
    case .nextPane: moveFocus(by: 1)
    case .previousPane: moveFocus(by: -1)
    case .zoomPane:
      isZoomed.toggle()
      for pane in lists.keys { settleSelection(of: pane) }
    case .pause: togglePause()
    case .filter: openPrompt()
    case .toggleFilter: toggleFilter()
    case .open: openDetail()
    case .up, .down, .pageUp, .pageDown, .first, .last: move(action)
    case .previousItem: step(by: -1)
    case .nextItem: step(by: 1)
    case .sortLeft: changeSort(by: -1)
    case .sortRight: changeSort(by: 1)
    case .sortReverse: reverseSort()
    case .narrowerWindow: window = window > 300 ? 300 : 60
    case .widerWindow: window = window < 300 ? 300 : 900
    case .kill: askToKill()
    case .drainBackend: return askForDuty { $0 == .serving ? .draining : .serving }
    case .disableBackend: return askForDuty { _ in .off }
    }
    return []
  }

  /// Closes the innermost thing that is open.
  private mutating func goBack() {
    if help != nil {
      help = nil
    } else if detail != nil {
      detail = nil
    } else if isZoomed {
      isZoomed = false
    } else if var state = lists[focusedPane], !state.filter.isEmpty {
      state.filter = ""
      lists[focusedPane] = state
      arrange(focusedPane)
    }
    for pane in lists.keys { settleSelection(of: pane) }
  }

  private mutating func showScreen(_ key: Key) -> [Effect] {
    guard let wanted = ScreenName.allCases.first(where: { $0.key == key }) else { return [] }
    screen = wanted
    detail = nil
    help = nil
    isZoomed = false
    fetchFailure = nil
    for pane in wanted.panes { arrange(pane) }
    lastFetchMs = .min
    return fetchIfStale(every: 0)
  }

  private mutating func moveFocus(by step: Int) {
    let panes = Layout(self).focusablePanes
    guard panes.count > 1 else { return }
    let current = panes.firstIndex(of: focusedPane) ?? 0
    focus[screen] = panes[(current + step + panes.count) % panes.count]
  }

  private mutating func togglePause() {
    isPaused.toggle()
    guard !isPaused, let held = heldSnapshot else { return }
    heldSnapshot = nil
    _ = update(.snapshot(held))
  }

  private mutating func move(_ action: Action) {
    let pane = focusedPane
    guard let state = lists[pane] else { return }
    let page = max(1, Layout(self).listRows(of: pane) - 1)
    let index: Int
    switch action {
    case .up: index = state.selectedIndex - 1
    case .down: index = state.selectedIndex + 1
    case .pageUp: index = state.selectedIndex - page
    case .pageDown: index = state.selectedIndex + page
    case .first: index = 0
    default: index = state.rows.count - 1
    }
    select(index: index, in: pane)
    if case .row(let shown, _) = detail, shown == pane { openDetail() }
  }

  private mutating func openDetail() {
    guard focusedPane != .notices else { return }
    guard let id = lists[focusedPane]?.selectedID else {
      show("open: nothing is selected")
      return
    }
    detail = .row(focusedPane, id)
    watch()
  }

  private mutating func step(by count: Int) {
    guard detail != nil else {
      show("[ and ] step through rows inside a detail")
      return
    }
    select(index: (lists[focusedPane]?.selectedIndex ?? 0) + count, in: focusedPane)
    openDetail()
  }

  private mutating func changeSort(by step: Int) {
    let pane = focusedPane
    let columns = sortableColumns(of: pane)
    guard !columns.isEmpty, var state = lists[pane] else {
      show("sort: this list has one order only")
      return
    }
    let current = state.sort.flatMap { columns.firstIndex(of: $0.column) }
    let next =
      current.map { ($0 + step + columns.count) % columns.count }
      ?? (step > 0 ? 0 : columns.count - 1)
    state.sort = SortOrder(column: columns[next], isReversed: state.sort?.isReversed ?? false)
    lists[pane] = state
    arrange(pane)
  }

  private mutating func reverseSort() {
    let pane = focusedPane
    guard var state = lists[pane],
      let column = state.sort?.column ?? sortableColumns(of: pane).first
    else { return }
    state.sort = SortOrder(column: column, isReversed: !(state.sort?.isReversed ?? false))
    lists[pane] = state
    arrange(pane)
  }

  private mutating func scrollHelp(_ key: Key) -> Bool {
    guard var state = help, let action = KeyRegistry.binding(for: key)?.action else { return false }
    let page = max(1, size.height - 6)
    switch action {
    case .help:
      help = nil
      return true
    case .up: state.offset -= 1
    case .down: state.offset += 1
    case .pageUp: state.offset -= page
    case .pageDown: state.offset += page
    case .first: state.offset = 0
    case .last: state.offset = .max
    default: return false
    }
    state.offset = min(max(0, state.offset), HelpView.lastOffset(self))
    help = state
    return true
  }
}
