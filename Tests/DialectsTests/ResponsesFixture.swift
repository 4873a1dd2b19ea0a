import FoundationEssentials

@testable import Dialects

/// The Responses fixtures beside the tests.
enum ResponsesFixture {
  static let streams = names(in: "streams", ending: ".sse")
  static let requests = names(in: "requests", ending: ".json")
  static let replies = names(in: "replies", ending: ".json")

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: folder + "/" + path)))
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// What the stream says, in one piece.
  static func events(_ name: String) throws -> [ReplyEvent] {
    try read([bytes("streams/\(name).sse")[...]])
  }

  static func read(_ pieces: [ArraySlice<UInt8>]) -> [ReplyEvent] {
    var decoder = Dialect.responses.codec.makeStreamDecoder(hidingUsage: false)
    var events: [ReplyEvent] = []
    for piece in pieces { decoder.feed(Array(piece), into: &events) }
    decoder.finish(into: &events)
    return events
  }

  private static let folder: String = {
    let file = #filePath
    let end = file.lastIndex(of: "/") ?? file.endIndex
    return file[..<end] + "/Fixtures/responses"
  }()

  private static func names(in group: String, ending: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + group)) ?? []
    return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }
}
