internal import FuzzSupport

private let table = TargetTable(DialectsTargets.all)

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
func run(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  unsafe table.run(start, count)
  return 0
}
