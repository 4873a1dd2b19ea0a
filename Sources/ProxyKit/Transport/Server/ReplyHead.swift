internal import Glibc
internal import Synchronization

/// The head of a reply as it goes over the wire.
struct ReplyHead {
  /// How the body ends.
  enum Framing {
    case length(Int)
    case chunked
    case close
    case none
  }

  var status: Int
  var fields: HTTPFields
  var framing: Framing
  var closes: Bool
  /// Whether a client of HTTP/1.0 must be told that its connection is kept.
  var saysKeepAlive = false

  /// The head's bytes, and those of `body` behind them.
  func bytes(date: [UInt8], body: [UInt8] = []) -> [UInt8] {
    HeadWriter.bytes(capacity: 256 + fields.wireCount + body.count) { writer in
      if status == 200 {
        writer.put("HTTP/1.1 200 OK\r\n")
      } else {
        writer.put(text: "HTTP/1.1 \(status) \(reason)\r\n")
      }
      writer.put(date)
      unsafe fields.forEachBytes { name, value in
        guard unsafe HopByHop.isCarried(name), unsafe !name.isCalled("date") else { return }
        unsafe writer.put(name: name, value: value)
      }
      switch framing {
      case .length(let length):
        writer.put("Content-Length: ")
        writer.put(number: length)
        writer.put("\r\n")
      case .chunked: writer.put("Transfer-Encoding: chunked\r\n")
      case .close, .none: break
      }
      if closes {
        writer.put("Connection: close\r\n")
      } else if saysKeepAlive {
        writer.put("Connection: keep-alive\r\n")
      }
      writer.put("\r\n")
      writer.put(body)
    }
  }

  private var reason: String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    case 529: "Overloaded"
    default: "Status"
    }
  }
}

/// The `Date` line of replies, made once a second.
final class DateLine: Sendable {
  private let cached = Mutex<(second: time_t, line: [UInt8])>((0, []))

  var bytes: [UInt8] {
    var now = time(nil)
    return cached.withLock { cached in
      if cached.second == now { return cached.line }
      var parts = unsafe tm()
      unsafe gmtime_r(&now, &parts)
      let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
      let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
      ]
      func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
      let date =
        unsafe "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
      let clock = unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
      cached = (now, Array(unsafe "Date: \(date) \(1900 + parts.tm_year) \(clock) GMT\r\n".utf8))
      return cached.line
    }
  }
}
