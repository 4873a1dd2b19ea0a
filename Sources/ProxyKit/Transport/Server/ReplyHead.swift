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

  /// The bytes, with room for a body of `extra` bytes behind them.
  func bytes(date: [UInt8], extra: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512 + extra)
    bytes.append(contentsOf: "HTTP/1.1 ".utf8)
    bytes.append(contentsOf: status == 200 ? "200 OK\r\n".utf8 : "\(status) \(reason)\r\n".utf8)
    bytes.append(contentsOf: date)
    for (name, value) in fields where HopByHop.isCarried(name) && !name.equalsIgnoringCase("date") {
      bytes.append(contentsOf: name.utf8)
      bytes.append(contentsOf: ": ".utf8)
      bytes.append(contentsOf: HopByHop.sanitised(value).utf8)
      bytes.append(contentsOf: "\r\n".utf8)
    }
    switch framing {
    case .length(let length):
      bytes.append(contentsOf: "Content-Length: ".utf8)
      bytes.append(contentsOf: String(length).utf8)
      bytes.append(contentsOf: "\r\n".utf8)
    case .chunked: bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
    case .close, .none: break
    }
    if closes {
      bytes.append(contentsOf: "Connection: close\r\n".utf8)
    } else if saysKeepAlive {
      bytes.append(contentsOf: "Connection: keep-alive\r\n".utf8)
    }
    bytes.append(contentsOf: "\r\n".utf8)
    return bytes
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

/// Which header fields are the business of whoever sets them, and which of the connection.
enum HopByHop {
  /// Whether the field goes on; lengths, codings and the connection are our own.
  static func isCarried(_ name: String) -> Bool {
    let count = name.utf8.count
    guard count > 0, name.utf8.allSatisfy(\.isTokenByte) else { return false }
    switch count {
    case 2: return !name.equalsIgnoringCase("te")
    case 7: return !name.equalsIgnoringCase("upgrade") && !name.equalsIgnoringCase("trailer")
    case 10: return !name.equalsIgnoringCase("connection") && !name.equalsIgnoringCase("keep-alive")
    case 14: return !name.equalsIgnoringCase("content-length")
    case 16: return !name.equalsIgnoringCase("proxy-connection")
    case 17: return !name.equalsIgnoringCase("transfer-encoding")
    default: return true
    }
  }

  /// The value without bytes that could end the line.
  static func sanitised(_ value: String) -> String {
    if value.utf8.allSatisfy(\.isFieldByte) { return value }
    return String(decoding: value.utf8.map { $0.isFieldByte ? $0 : 0x20 }, as: UTF8.self)
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
