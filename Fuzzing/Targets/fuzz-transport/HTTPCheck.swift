internal import FuzzSupport
@testable internal import Transport

/// Messages mean the same in any pieces.
enum HTTPCheck {
  static func request(_ bytes: [UInt8]) {
    _ = head(of: bytes)
  }

  /// The head, when there is a whole one that is not refused.
  static func head(of given: [UInt8]) -> ParsedHead? {
    var bytes = given
    // The server passes over empty lines before a request.
    while bytes.starts(with: [0x0D, 0x0A]) { bytes.removeFirst(2) }
    var cuts = Cuts(of: bytes)
    var start = 0
    var end: Int?
    unsafe bytes.withUnsafeBytes { whole in
      while end == nil, start < bytes.count {
        let count = min(bytes.count, start + 1 + cuts.next(below: 40))
        do throws(Refusal) {
          end = try unsafe RequestParser.end(
            of: UnsafeRawBufferPointer(rebasing: whole[..<count]), from: start)
        } catch {
          promise((400..<600).contains(error.status), "a refusal of \(error.status)")
          return
        }
        start = count
      }
    }
    guard let end else { return nil }
    promise((try? ending(of: bytes)) == end, "the head ends elsewhere when it is cut")
    return unsafe bytes.withUnsafeBytes { whole in
      guard
        let head = try? unsafe RequestParser.parse(UnsafeRawBufferPointer(rebasing: whole[..<end]))
      else { return nil }
      promise(!head.path.isEmpty || head.query != nil, "a head without a target")
      if case .length(let count) = head.framing { promise(count > 0, "a length of \(count)") }
      return head
    }
  }

  private static func ending(of bytes: [UInt8]) throws(Refusal) -> Int? {
    var refusal: Refusal?
    let end: Int? = unsafe bytes.withUnsafeBytes { whole in
      do throws(Refusal) {
        return try unsafe RequestParser.end(of: whole, from: 0)
      } catch {
        refusal = error
        return nil
      }
    }
    if let refusal { throw refusal }
    return end
  }

  static func body(_ bytes: [UInt8]) {
    var cuts = Cuts(of: bytes)
    let framing: BodyFraming = cuts.next(below: 8) == 0 ? .length(bytes.count / 2 + 1) : .chunked
    let whole = body(framing, [bytes])
    promise(whole == body(framing, cuts.pieces(of: bytes)), "cut it is another body")
  }

  private static func body(_ framing: BodyFraming, _ pieces: [[UInt8]]) -> [String] {
    var decoder = BodyDecoder(framing)
    var out: [UInt8] = []
    for piece in pieces {
      let isMalformed = unsafe piece.withUnsafeBytes { bytes in
        var rest = unsafe bytes
        do {
          while let part = try unsafe decoder.next(&rest) { unsafe out.append(contentsOf: part) }
          return false
        } catch {
          return true
        }
      }
      if isMalformed { return ["malformed", out.shown] }
    }
    return [decoder.isComplete ? "complete" : "open", out.shown]
  }

  static func reply(_ bytes: [UInt8]) {
    var cuts = Cuts(of: bytes)
    let isHeadRequest = cuts.next(below: 8) == 0
    let whole = reply([bytes], isHeadRequest)
    promise(whole == reply(cuts.pieces(of: bytes), isHeadRequest), "cut it is another reply")
  }

  private static func reply(_ pieces: [[UInt8]], _ isHeadRequest: Bool) -> [String] {
    var parser = ReplyParser(isHeadRequest: isHeadRequest)
    var output = ReplyParser.Output()
    for piece in pieces {
      let isMalformed = unsafe piece.withUnsafeBytes { bytes in
        do {
          try unsafe parser.take(bytes, into: &output)
          return false
        } catch {
          return true
        }
      }
      if isMalformed { return ["malformed", output.body.shown] }
    }
    return [
      "\(parser.isComplete) \(parser.allowsReuse) \(parser.mayEndHere)",
      "\(output.head?.status ?? 0)", output.body.shown,
    ]
  }
}
