import Testing

@testable import anyllm_tui

@Suite struct `The pace of frames` {
  @Test func `slows down with a slow terminal and recovers`() {
    var pace = FramePace(framesPerSecond: 10)
    pace.frameTook(milliseconds: 80, at: 0)
    #expect(pace.frameMs == 200)
    #expect(!pace.isSlow)
    for frame in 1...10 { pace.frameTook(milliseconds: 80, at: Int64(frame) * 1000) }
    #expect(pace.frameMs == 1000)
    #expect(pace.isSlow)
    let recovered = [11_000, 12_000, 12_500].map { pace.recover(at: $0) }
    #expect(recovered == [false, true, false])
    for moment in stride(from: 14_000, through: 30_000, by: 2000) {
      _ = pace.recover(at: Int64(moment))
    }
    #expect(pace.frameMs == 100)
    #expect(!pace.isSlow)
  }

  @Test func `is not changed by quick frames`() {
    var pace = FramePace(framesPerSecond: 30)
    pace.frameTook(milliseconds: 50, at: 0)
    #expect(pace.frameMs == 33)
  }
}
