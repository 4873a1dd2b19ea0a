extension DashboardModel {
  mutating func openPrompt() {
    let state = lists[focusedPane] ?? ListState()
    prompt = FilterPrompt(pane: focusedPane, text: state.filter, previous: state.filter)
  }

  mutating func toggleFilter() {
    guard var state = lists[focusedPane], !state.filter.isEmpty else {
      show("no filter is set; / sets one")
      return
    }
    state.isFilterOff.toggle()
    lists[focusedPane] = state
    arrange(focusedPane)
  }

  /// Edits the filter; the list follows every letter.
  mutating func type(_ key: Key) -> [Effect] {
    guard var open = prompt else { return [] }
    switch key {
    case .enter:
      prompt = nil
      return []
    case .escape, .control("c"):
      prompt = nil
      apply(filter: open.previous, to: open.pane)
      return []
    case .backspace: if !open.text.isEmpty { open.text.removeLast() }
    case .control("u"): open.text = ""
    case .character(let scalar):
      if open.text.count < 200 { open.text.unicodeScalars.append(scalar) }
    default: return []
    }
    prompt = open
    apply(filter: open.text, to: open.pane)
    return []
  }

  private mutating func apply(filter: String, to pane: Pane) {
    var state = lists[pane] ?? ListState()
    state.filter = filter
    state.isFilterOff = false
    lists[pane] = state
    arrange(pane)
  }
}
