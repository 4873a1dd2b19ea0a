/// A heap of (what a pair would become, where), the lowest first.
struct CandidateQueue {
  private var heap: [UInt64] = []

  /// Takes the candidate of each place that has one.
  mutating func fill(_ candidates: [UInt32]) {
    heap.removeAll(keepingCapacity: true)
    for (at, candidate) in candidates.enumerated() where candidate != UInt32.max {
      heap.append(UInt64(candidate) << 32 | UInt64(at))
    }
    for at in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(at) }
  }

  mutating func add(_ candidate: UInt32, _ place: Int) {
    let entry = UInt64(candidate) << 32 | UInt64(place)
    heap.append(entry)
    rise(entry, from: heap.count &- 1)
  }

  mutating func next() -> (UInt32, Int)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      // The last is nearly always one of the highest: its place is found from below.
      var hole = 0
      while 2 &* hole &+ 2 < heap.count {
        let child = 2 &* hole &+ (heap[2 &* hole &+ 2] < heap[2 &* hole &+ 1] ? 2 : 1)
        heap[hole] = heap[child]
        hole = child
      }
      if 2 &* hole &+ 1 < heap.count {
        heap[hole] = heap[2 &* hole &+ 1]
        hole = 2 &* hole &+ 1
      }
      rise(last, from: hole)
    }
    return (UInt32(truncatingIfNeeded: first >> 32), Int(first & 0xFFFF_FFFF))
  }

  private mutating func rise(_ entry: UInt64, from start: Int) {
    var at = start
    while at > 0 {
      let parent = (at &- 1) / 2
      guard heap[parent] > entry else { break }
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = entry
  }

  private mutating func sink(_ start: Int) {
    var at = start
    let entry = heap[at]
    while true {
      var child = 2 &* at &+ 1
      guard child < heap.count else { break }
      if child &+ 1 < heap.count, heap[child &+ 1] < heap[child] { child &+= 1 }
      guard heap[child] < entry else { break }
      heap[at] = heap[child]
      at = child
    }
    heap[at] = entry
  }
}
