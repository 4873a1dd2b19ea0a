/// The screens, numbered by the digit that shows them.
enum ScreenName: Int, CaseIterable {
  case overview = 1
  case streams, backends, requests, errors, keys, mappings, notices

  var title: String {
    switch self {
    case .overview: "Overview"
    case .streams: "Streams"
    case .backends: "Backends"
    case .requests: "Requests"
    case .errors: "Errors"
    case .keys: "Keys"
    case .mappings: "Maps"
    case .notices: "Notices"
    }
  }

  /// The panes that can have the focus, in the order of Tab.
  var panes: [Pane] {
    switch self {
    case .overview: [.backends, .streams, .errors]
    case .streams: [.streams]
    case .backends: [.backends]
    case .requests: [.requests]
    case .errors: [.errors]
    case .keys: [.keys]
    case .mappings: [.mappings]
    case .notices: [.notices]
    }
  }
}

/// A part of a screen; all but the first four hold a list with a selected row.
enum Pane: Hashable, CaseIterable {
  case throughput, requestsGraph, rates, totals
  case backends, streams, requests, errors, keys, mappings, notices
}
