import FoundationEssentials

/// An error as a client of one language reads it; another shape cannot be read.
struct ToldError: Sendable, Equatable {
  var type: String
  var message: String
  var code: String?
  var requestID: String?

  private struct AnthropicShape: Decodable {
    struct Body: Decodable {
      var type: String
      var message: String
    }
    var type: String
    var error: Body
    var request_id: String?
  }

  private struct ChatShape: Decodable {
    struct Body: Decodable {
      var message: String
      var type: String
      var param: String?
      var code: Code?
    }
    /// Other languages say more here.
    var type: String?
    var error: Body
  }

  /// A word, or a number from the servers that repeat the status there.
  private enum Code: Decodable {
    case word(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self = .word(String(number))
      } else {
        self = .word(try container.decode(String.self))
      }
    }

    var text: String {
      switch self {
      case .word(let text): text
      }
    }
  }

  init(_ body: [UInt8], in language: Language) throws {
    let bytes = Data(body)
    switch language {
    case .anthropic:
      let shape = try JSONDecoder().decode(AnthropicShape.self, from: bytes)
      guard shape.type == "error" else {
        throw HouseFailure(description: "no error in Anthropic's shape: type \(shape.type)")
      }
      self.init(
        type: shape.error.type, message: shape.error.message, requestID: shape.request_id)
    case .chat:
      let shape = try JSONDecoder().decode(ChatShape.self, from: bytes)
      guard shape.type == nil else {
        throw HouseFailure(description: "no error in Chat's shape: it has a type")
      }
      self.init(type: shape.error.type, message: shape.error.message, code: shape.error.code?.text)
    }
  }

  private init(type: String, message: String, code: String? = nil, requestID: String? = nil) {
    self.type = type
    self.message = message
    self.code = code
    self.requestID = requestID
  }
}

extension Answer {
  /// The error in the shape of `language`; throws what came instead.
  func error(in language: Language) throws -> ToldError {
    do {
      return try ToldError(body, in: language)
    } catch {
      throw HouseFailure(description: "\(status), no error of \(language): \(text.prefix(300))")
    }
  }
}
